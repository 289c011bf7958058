import type { CudaReport } from '@gimbal/core/device';
import { nativeCall } from '../addon/nativeCall.js';
import { loadAddon } from '../addon.js';

/**
 * What this build can do with CUDA on this machine, asked off the event loop: waking the driver, which the first question of a process
 * does, takes up to some hundred milliseconds. Whatever asks after that is answered at once.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export function probeDevices(): Promise<CudaReport> {
  return nativeCall(async () => loadAddon().probeDevices());
}
