// Errors of a CUDA device as GimbalErrors.
import { GimbalError, type GimbalErrorCode } from '../errors.js';

/** What our addons call the ways in which a device refuses: the field `kind` of the errors that they throw. */
const CODES = {
  unavailable: 'GIMBAL_E_DEVICE_UNAVAILABLE',
  outOfMemory: 'GIMBAL_E_DEVICE_MEMORY',
  lost: 'GIMBAL_E_DEVICE_LOST',
  failed: 'GIMBAL_E_CUDA',
} as const satisfies Record<string, GimbalErrorCode>;

const DEVICE_CODES: readonly GimbalErrorCode[] = Object.values(CODES);

/** What an addon threw, as a GimbalError if it was a CUDA device that refused: its `kind` decides the code. */
export function deviceErrorOf(cause: unknown): GimbalError | undefined {
  if (!(cause instanceof Error) || !('kind' in cause)) return undefined;
  const { kind, message } = cause;
  if (typeof kind !== 'string' || !Object.hasOwn(CODES, kind)) return undefined;
  return new GimbalError(CODES[kind as keyof typeof CODES], message, { cause });
}

/** Whether a CUDA device is to blame: what was asked may well work on the CPU. */
export function isDeviceError(error: unknown): error is GimbalError {
  return GimbalError.isInstance(error) && DEVICE_CODES.includes(error.code);
}
