import { GimbalError, type GimbalErrorCode } from '@gimbal/core';

/** An error as it crosses between threads, where a class and a code would be lost. */
export interface ErrorWords {
  /** Of a GimbalError. */
  readonly code?: GimbalErrorCode | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: ErrorWords | undefined;
}

/** What there is to say of anything that was thrown. */
export function errorWords(error: unknown): ErrorWords {
  if (!(error instanceof Error) && !GimbalError.isInstance(error)) return { message: String(error) };
  const { message, stack, cause } = error as Error;
  return {
    code: GimbalError.isInstance(error) ? error.code : undefined,
    message,
    stack,
    cause: cause === undefined ? undefined : errorWords(cause),
  };
}

/** The error again, a GimbalError if it was one, with the stack of the thread where it happened. */
export function errorFrom({ code, message, stack, cause }: ErrorWords): Error {
  const options = cause === undefined ? undefined : { cause: errorFrom(cause) };
  const error = code === undefined ? new Error(message, options) : new GimbalError(code, message, options);
  if (stack !== undefined) error.stack = stack;
  return error;
}
