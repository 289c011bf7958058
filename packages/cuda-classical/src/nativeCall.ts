import { deviceErrorOf } from '@gimbal/core/device';

/** Runs a call into the addon; what a CUDA device refuses becomes a GimbalError (`deviceErrorOf`), anything else passes. */
export async function nativeCall<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw deviceErrorOf(cause) ?? cause;
  }
}
