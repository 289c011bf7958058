import { GimbalError } from '@gimbal/core';

const CODES = {
  unavailable: 'GIMBAL_E_DEVICE_UNAVAILABLE',
  outOfMemory: 'GIMBAL_E_CUDA',
  failed: 'GIMBAL_E_CUDA',
} as const;

/** Runs a call into the addon; what a CUDA device refuses becomes a GimbalError, anything else passes. */
export async function nativeCall<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const kind = cause instanceof Error ? (cause as { kind?: unknown }).kind : undefined;
    if (typeof kind !== 'string' || !Object.hasOwn(CODES, kind)) throw cause;
    throw new GimbalError(CODES[kind as keyof typeof CODES], (cause as Error).message, { cause });
  }
}
