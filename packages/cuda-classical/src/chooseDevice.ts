import { GimbalError } from '@gimbal/core';
import type { CudaReport } from './addon.js';

/** What a user may ask for. */
export type DeviceRequest = 'auto' | 'cpu' | 'cuda' | `cuda:${number}`;

/**
 * The ordinal of the CUDA device that a request means, or −1 for the CPU. `auto` takes the first device that this build can use, and the
 * CPU when there is none; an explicit request never falls back.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` with the reason.
 */
export function chooseDevice(request: DeviceRequest, report: CudaReport): number {
  if (request === 'cpu') return -1;
  const usable = report.devices.find((device) => device.unusable === '');
  if (request === 'auto') return usable?.ordinal ?? -1;
  const wanted = request === 'cuda' ? usable?.ordinal : Number(request.slice('cuda:'.length));
  const device = report.devices.find(({ ordinal }) => ordinal === wanted);
  if (device?.unusable === '') return device.ordinal;
  throw new GimbalError(
    'GIMBAL_E_DEVICE_UNAVAILABLE',
    `The classical estimator was asked for device "${request}", which it cannot use: ${reasonOf(device, report)}. ` +
      'Use device "cpu" or "auto".',
  );
}

function reasonOf(device: CudaReport['devices'][number] | undefined, report: CudaReport): string {
  if (device) return `cuda:${device.ordinal} (${device.name}): ${device.unusable}`;
  if (report.unavailable !== '') return report.unavailable;
  return `this machine has ${report.devices.map(({ ordinal, name }) => `cuda:${ordinal} (${name})`).join(', ')}`;
}
