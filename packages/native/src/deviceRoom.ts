import { loadAddon } from './addon.js';
import type { DeviceRoom } from './cudaAddon.js';
import { nativeCall } from './nativeCall.js';

/**
 * How much memory of device `ordinal` is free right now. Wakes the device, which takes hundreds of milliseconds and some of its memory.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE`, `GIMBAL_E_DEVICE_MEMORY`, `GIMBAL_E_DEVICE_LOST`, `GIMBAL_E_CUDA`, `GIMBAL_E_ADDON`.
 */
export function deviceRoom(ordinal: number): Promise<DeviceRoom> {
  return nativeCall(async () => loadAddon().deviceRoom(ordinal));
}
