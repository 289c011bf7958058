import { GimbalError, throwIfAborted } from '@gimbal/core';

/** What the addon says of a CUDA call that failed. */
interface CudaFailure extends Error {
  readonly kind: 'unavailable' | 'outOfMemory' | 'failed';
}

/**
 * Runs one call into the addon: not at all when the signal is aborted already, and rejecting when it was aborted meanwhile (the call
 * itself, a few milliseconds, is not interrupted). What CUDA refuses becomes `GIMBAL_E_DEVICE_UNAVAILABLE` (no driver, no such device)
 * or `GIMBAL_E_CUDA` (out of memory, device lost); all else `GIMBAL_E_INVALID_ARGUMENT`, for the addon's own checks are of arguments.
 */
export async function nativeCall<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  throwIfAborted(signal);
  let answer: T;
  try {
    answer = await call();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new GimbalError(codeOf(cause), message, { cause });
  }
  throwIfAborted(signal);
  return answer;
}

function codeOf(cause: unknown): 'GIMBAL_E_INVALID_ARGUMENT' | 'GIMBAL_E_DEVICE_UNAVAILABLE' | 'GIMBAL_E_CUDA' {
  if (!(cause instanceof Error) || !('kind' in cause)) return 'GIMBAL_E_INVALID_ARGUMENT';
  return (cause as CudaFailure).kind === 'unavailable' ? 'GIMBAL_E_DEVICE_UNAVAILABLE' : 'GIMBAL_E_CUDA';
}
