import { GimbalError } from '@gimbal/core';
import type { CudaReport } from './cudaReport.js';

/** Where to compute. `auto` takes CUDA when it is there; `cuda` means `cuda:0`. */
export type DeviceName = 'auto' | 'cpu' | 'cuda' | `cuda:${number}`;

/**
 * The ordinal of the CUDA device that a name stands for, or `undefined` for the CPU. Only `auto` falls back: it takes the first device
 * that can be used.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for another name, `GIMBAL_E_DEVICE_UNAVAILABLE` with the reason.
 */
export function chooseDevice(name: string, report: () => CudaReport): number | undefined {
  if (name === 'cpu') return undefined;
  if (name === 'auto') return report().devices.find(({ unusable }) => unusable === '')?.ordinal;
  const match = /^cuda(?::(\d{1,4}))?$/.exec(name);
  if (match === null) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `device must be one of auto, cpu, cuda and cuda:N, received '${name}'.`,
    );
  }
  const ordinal = Number(match[1] ?? 0);
  const reason = whyNot(ordinal, report());
  if (reason === '') return ordinal;
  throw new GimbalError(
    'GIMBAL_E_DEVICE_UNAVAILABLE',
    `Device '${name}' was asked for and cannot be used: ${reason}. Use device 'cpu', or 'auto' to take what is there.`,
  );
}

function whyNot(ordinal: number, { devices, unavailable }: CudaReport): string {
  if (devices.length === 0) return unavailable;
  const device = devices.find((one) => one.ordinal === ordinal);
  if (device !== undefined) return device.unusable === '' ? '' : `${device.name}: ${device.unusable}`;
  return `there is no cuda:${ordinal}; this machine has ${devices.map((one) => `cuda:${one.ordinal}`).join(', ')}`;
}
