import { type DeviceName, GimbalError } from '@gimbal/core';

/** Which parts of every frame corners are taken from: a picture of any size that is spread over the frame. */
export interface CornerMask {
  readonly width: number;
  readonly height: number;
  /** `width × height` samples, row by row; where one is 0 the frame has no corners. */
  readonly data: Uint8Array;
}

/** Options that are checked, nothing left open but the mask. */
export type CheckedClassicalOptions = Required<Omit<ClassicalOptions, 'mask'>> & Pick<ClassicalOptions, 'mask'>;

/** How the classical estimator works; everything has a default. */
export interface ClassicalOptions {
  /** Longer side in pixels of the picture that is analysed (frames are never enlarged): 32 to 4096, default 640. */
  readonly analysisSize?: number;
  /** Corners followed per frame: 16 to 4000, default 400. */
  readonly corners?: number;
  /** Threads of one estimate: 1 to 64, default 1. The answer does not depend on it. */
  readonly threads?: number;
  /** Seed of the random samples: 0 to 2³²−1, default 1. The same seed gives the same answer. */
  readonly seed?: number;
  /**
   * Whether a pair remembers which parts of the picture moved with the camera in the pair before (default true). It keeps the answer
   * on one plane of a deep scene; switch it off where pairs are independent of each other.
   */
  readonly continuity?: boolean;
  /** Leaves parts of the picture out, such as a logo that stands on it. Default: all of it counts. */
  readonly mask?: CornerMask | undefined;
  /** Default `auto`: a CUDA device when the build and the machine have one, otherwise the CPU. */
  readonly device?: DeviceName;
}

const RANGES = {
  analysisSize: [640, 32, 4096],
  corners: [400, 16, 4000],
  threads: [1, 1, 64],
  seed: [1, 0, 0xffffffff],
} as const;

const describe = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));

/**
 * Checks and completes options as they come from a file or the command line.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` naming the option that is unknown or wrong.
 */
export function parseClassicalOptions(raw: unknown): CheckedClassicalOptions {
  const given = raw ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Options of the classical estimator must be an object, received ${describe(given)}.`,
    );
  }
  const options: Record<string, unknown> = { device: 'auto', continuity: true };
  for (const [key, [fallback]] of Object.entries(RANGES)) options[key] = fallback;
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (key === 'device') options[key] = checkedDevice(value);
    else if (key === 'continuity') options[key] = checkedSwitch(value);
    else if (key === 'mask') options[key] = checkedMask(value);
    else options[key] = checkedNumber(key, value);
  }
  return options as unknown as CheckedClassicalOptions;
}

/** A switch, also as the command line writes it. */
function checkedSwitch(value: unknown): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Option "continuity" of the classical estimator must be true or false, received ${describe(value)}.`,
  );
}

function checkedMask(value: unknown): CornerMask {
  const { width, height, data } =
    typeof value === 'object' && value !== null ? (value as CornerMask) : ({} as CornerMask);
  const whole = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= 8192;
  if (whole(width) && whole(height) && data instanceof Uint8Array && data.length === width * height) {
    return { width, height, data };
  }
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    'Option "mask" of the classical estimator must be { width, height, data }: sides from 1 to 8192 and a Uint8Array of width × height samples, ' +
      `received ${describe(typeof value === 'object' ? `${width} × ${height}, ${data?.length} samples` : value)}.`,
  );
}

function checkedNumber(key: string, value: unknown): number {
  if (!Object.hasOwn(RANGES, key)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The classical estimator has no option "${key}"; it has ${Object.keys(RANGES).join(', ')}, continuity, mask and device.`,
    );
  }
  const [, least, most] = RANGES[key as keyof typeof RANGES];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Option "${key}" of the classical estimator must be a whole number from ${least} to ${most}, received ${describe(value)}.`,
    );
  }
  return value;
}

function checkedDevice(value: unknown): string {
  if (typeof value !== 'string' || !/^(auto|cpu|cuda(:\d+)?)$/.test(value)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Option "device" of the classical estimator must be "auto", "cpu", "cuda" or "cuda:N", received ${describe(value)}.`,
    );
  }
  return value;
}
