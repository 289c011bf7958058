import { GimbalError, type GimbalErrorCode } from '@gimbal/core';

/** An error as it crosses between threads and processes, where its class and its code would be lost. */
export interface SerializedError {
  /** Of a GimbalError. */
  readonly code?: GimbalErrorCode | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly cause?: SerializedError | undefined;
}

/** Describes anything that was thrown. */
export function serializeError(error: unknown): SerializedError {
  if (!(error instanceof Error) && !GimbalError.isInstance(error)) return { message: String(error) };
  const { message, stack, cause } = error as Error;
  return {
    code: GimbalError.isInstance(error) ? error.code : undefined,
    message,
    stack,
    cause: cause === undefined ? undefined : serializeError(cause),
  };
}

/** The error again: a GimbalError if it was one, with the stack of the thread where it was thrown. */
export function deserializeError({ code, message, stack, cause }: SerializedError): Error {
  const options = cause === undefined ? undefined : { cause: deserializeError(cause) };
  const error = code === undefined ? new Error(message, options) : new GimbalError(code, message, options);
  if (stack !== undefined) error.stack = stack;
  return error;
}
