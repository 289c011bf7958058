import { GimbalError, throwIfAborted } from '@gimbal/core';
import { deviceErrorOf } from '@gimbal/core/device';

/**
 * Runs one call into the addon: not at all when the signal is aborted already, and rejecting when it was aborted meanwhile (the call
 * itself, a few milliseconds, is not interrupted). What CUDA refuses becomes what `deviceErrorOf` makes of it, a GimbalError (such as that
 * of an addon that is missing) passes, and all else is `GIMBAL_E_INVALID_ARGUMENT`, for the addon's own checks are of arguments.
 */
export async function nativeCall<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  throwIfAborted(signal);
  let answer: T;
  try {
    answer = await call();
  } catch (cause) {
    if (GimbalError.isInstance(cause)) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw deviceErrorOf(cause) ?? new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message, { cause });
  }
  throwIfAborted(signal);
  return answer;
}
