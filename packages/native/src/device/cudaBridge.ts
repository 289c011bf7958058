import { nativeCall } from '../addon/nativeCall.js';
import { loadAddon } from '../addon.js';

/**
 * What a decoder that leaves pictures on a CUDA device needs of native code: hand it to `openVideo` of `@gimbal/video`, which has none.
 * Both functions throw `GIMBAL_E_ADDON` when the addon does not load.
 */
export const cudaBridge = {
  /** The address of a view's first byte. It is not read, so it may lie on a device. */
  addressOf: (view: Uint8Array): bigint => loadAddon().addressOf(view),
  /**
   * Wakes device `ordinal` off the event loop and lets FFmpeg share its primary context: threads that wait for the device sleep from then on.
   * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` with the reason, `GIMBAL_E_CUDA`, `GIMBAL_E_DEVICE_MEMORY`.
   */
  shareContext: (ordinal: number): Promise<void> => nativeCall(async () => loadAddon().shareContext(ordinal)),
};
