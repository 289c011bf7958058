import { GimbalError } from '../errors.js';
import type { CudaReport } from './cudaReport.js';

/** Where to compute. `auto` takes CUDA when it is there; `cuda` is the first CUDA device that can be used, `cuda:N` a certain one. */
export type DeviceName = 'auto' | 'cpu' | 'cuda' | `cuda:${number}`;

/**
 * The ordinal of the CUDA device that a name stands for, or `undefined` for the CPU. Only `auto` falls back.
 * @param report Asked only where the answer depends on it: it wakes the driver.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for another name, `GIMBAL_E_DEVICE_UNAVAILABLE` with the reason.
 */
export function chooseDevice(name: string, report: () => CudaReport): number | undefined {
  if (name === 'cpu') return undefined;
  const wanted = ordinalIn(name);
  const found = report();
  const ordinal = wanted ?? firstUsable(found);
  const problem = name === 'auto' ? undefined : whyNot(ordinal, found);
  if (problem === undefined) return ordinal;
  throw new GimbalError(
    'GIMBAL_E_DEVICE_UNAVAILABLE',
    `Device '${name}' was asked for and cannot be used: ${problem}. Use device 'cpu', or 'auto' to take what is there.`,
  );
}

/**
 * Why a device that is asked for cannot be used; `undefined` when it can.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a name that means none.
 */
export function deviceProblem(name: `cuda${string}`, report: CudaReport): string | undefined {
  return whyNot(ordinalIn(name) ?? firstUsable(report), report);
}

function ordinalIn(name: string): number | undefined {
  const match = /^(?:auto|cuda(?::(\d{1,4}))?)$/.exec(name);
  if (match === null) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `device must be one of auto, cpu, cuda and cuda:N, received '${name}'.`,
    );
  }
  return match[1] === undefined ? undefined : Number(match[1]);
}

function firstUsable({ devices }: CudaReport): number | undefined {
  return devices.find(({ unusable }) => unusable === '')?.ordinal;
}

function whyNot(ordinal: number | undefined, { devices, unavailable }: CudaReport): string | undefined {
  if (devices.length === 0 || ordinal === undefined) return unavailable;
  const device = devices.find((one) => one.ordinal === ordinal);
  if (device?.unusable === '') return undefined;
  if (device !== undefined) return `cuda:${ordinal} (${device.name}): ${device.unusable}`;
  const names = devices.map((one) => `cuda:${one.ordinal} (${one.name})`).join(', ');
  return `there is no cuda:${ordinal}; this machine has ${devices.length} CUDA device${devices.length === 1 ? '' : 's'}: ${names}`;
}
