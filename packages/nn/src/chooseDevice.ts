import { GimbalError } from '@gimbal/core';
import type { CudaReport } from '@gimbal/core/device';
import type { NetworkOptions, Precision } from './networkOptions.js';

/** The device that a wish leads to, and what is computed with there. */
export interface ChosenDevice {
  /** CUDA ordinal; −1 is the CPU. */
  readonly ordinal: number;
  readonly precision: Precision;
}

/**
 * Decides where a network runs: `auto` takes the first CUDA device that can be used, with half precision, and else the CPU.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` for an explicit device that cannot be used, `GIMBAL_E_INVALID_ARGUMENT` for another
 * precision than `float32` on the CPU.
 */
export function chooseDevice(
  { device = 'auto', precision }: Pick<NetworkOptions, 'device' | 'precision'>,
  report: CudaReport,
): ChosenDevice {
  const usable = report.devices.find(({ unusable }) => unusable === '');
  if (device === 'cpu' || (device === 'auto' && usable === undefined)) {
    if (precision === undefined || precision === 'float32' || device === 'auto')
      return { ordinal: -1, precision: 'float32' };
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The CPU computes networks in float32, received precision "${precision}". Leave the precision out, or choose a CUDA device.`,
    );
  }
  const ordinal = device === 'auto' || device === 'cuda' ? usable?.ordinal : Number(device.slice('cuda:'.length));
  const wanted = report.devices.find((one) => one.ordinal === ordinal);
  if (wanted === undefined || wanted.unusable !== '') {
    const reason = report.unavailable || wanted?.unusable || `this machine has ${report.devices.length} CUDA device(s)`;
    throw new GimbalError(
      'GIMBAL_E_DEVICE_UNAVAILABLE',
      `A network was asked for on device "${device}", but ${reason}. Use device "cpu" or "auto".`,
    );
  }
  return { ordinal: wanted.ordinal, precision: precision ?? 'fp16' };
}
