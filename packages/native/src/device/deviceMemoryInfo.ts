import type { DeviceMemoryInfo } from '../addon/cudaAddon.js';
import { nativeCall } from '../addon/nativeCall.js';
import { loadAddon } from '../addon.js';

/**
 * How much memory of device `ordinal` is free right now. Wakes the device, which takes hundreds of milliseconds and some of its memory.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE`, `GIMBAL_E_DEVICE_MEMORY`, `GIMBAL_E_DEVICE_LOST`, `GIMBAL_E_CUDA`, `GIMBAL_E_ADDON`.
 */
export function deviceMemoryInfo(ordinal: number): Promise<DeviceMemoryInfo> {
  return nativeCall(async () => loadAddon().deviceMemoryInfo(ordinal));
}
