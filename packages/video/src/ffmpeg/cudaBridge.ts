/**
 * What decoding onto a CUDA device needs of native code, which this package does not have: `cudaBridge` of `@gimbal/native` is one, and
 * two functions of anybody's addon are another.
 */
export interface CudaBridge {
  /** The address of a view's first byte. The view may lie on a device: it must not be read. */
  addressOf(view: Uint8Array): bigint;
  /**
   * Wakes the device off the event loop, with a primary context whose threads wait asleep (`cudaDeviceScheduleBlockingSync`): FFmpeg
   * refuses any other. Rejects with a GimbalError that says why the device cannot be used.
   */
  shareContext(ordinal: number): Promise<void>;
}
