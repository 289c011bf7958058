/** Stable machine-readable codes. A code never changes its meaning; new ones may be added. */
export type GimbalErrorCode =
  | 'GIMBAL_E_INVALID_ARGUMENT'
  | 'GIMBAL_E_INPUT_NOT_FOUND'
  | 'GIMBAL_E_INPUT_UNREADABLE'
  | 'GIMBAL_E_INPUT_NOT_VIDEO'
  | 'GIMBAL_E_INPUT_TRUNCATED'
  | 'GIMBAL_E_INPUT_UNSUPPORTED'
  | 'GIMBAL_E_OUTPUT_EXISTS'
  | 'GIMBAL_E_OUTPUT_IS_INPUT'
  | 'GIMBAL_E_OUTPUT_UNWRITABLE'
  | 'GIMBAL_E_DISK_FULL'
  | 'GIMBAL_E_ENCODE'
  | 'GIMBAL_E_DEVICE_UNAVAILABLE'
  | 'GIMBAL_E_DEVICE_MEMORY'
  | 'GIMBAL_E_DEVICE_LOST'
  | 'GIMBAL_E_CUDA'
  | 'GIMBAL_E_ADDON'
  | 'GIMBAL_E_WEIGHTS'
  | 'GIMBAL_E_PLUGIN_NOT_FOUND'
  | 'GIMBAL_E_PLUGIN_INVALID'
  | 'GIMBAL_E_PLUGIN_API_VERSION'
  | 'GIMBAL_E_PLUGIN_FAILED'
  | 'GIMBAL_E_PLUGIN_TIMEOUT'
  | 'GIMBAL_E_CONFIG'
  | 'GIMBAL_E_MOTION_FILE'
  | 'GIMBAL_E_UNMATCHED'
  | 'GIMBAL_E_CANCELLED';

const marker = Symbol.for('gimbal.error');

/**
 * Every failure that Gimbal reports on purpose. The message says what was expected, what came, and what to do.
 * Recognise one with {@link GimbalError.isInstance}, which also works when two copies of this package are loaded.
 */
export class GimbalError extends Error {
  override readonly name = 'GimbalError';
  readonly code: GimbalErrorCode;

  constructor(code: GimbalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, marker, { value: true });
  }

  static isInstance(value: unknown): value is GimbalError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[marker] === true;
  }
}

/** Throws `GIMBAL_E_CANCELLED` when the signal is aborted; the abort reason becomes the cause. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    if (GimbalError.isInstance(signal.reason)) throw signal.reason;
    throw new GimbalError('GIMBAL_E_CANCELLED', 'The operation was cancelled.', { cause: signal.reason });
  }
}
