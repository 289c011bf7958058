import { GimbalError, throwIfAborted } from '@gimbal/core';

/**
 * Runs one call into the addon: not at all when the signal is aborted already, and rejecting when it was aborted meanwhile (the call
 * itself, a few milliseconds, is not interrupted). What the addon throws becomes `GIMBAL_E_INVALID_ARGUMENT`: its checks are of
 * arguments.
 */
export async function nativeCall(call: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal);
  try {
    await call();
  } catch (cause) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', cause instanceof Error ? cause.message : String(cause), {
      cause,
    });
  }
  throwIfAborted(signal);
}
