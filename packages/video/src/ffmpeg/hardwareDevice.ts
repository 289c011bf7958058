import { GimbalError } from '@gimbal/core';
import { AV_HWDEVICE_TYPE_CUDA } from 'node-av/constants';
import { Dictionary, HardwareDeviceContext } from 'node-av/lib';
import type { CudaBridge } from './cudaBridge.js';
import { ffmpegReason, quietFfmpeg } from './ffmpeg.js';

/** A CUDA device as FFmpeg has it, in the primary context that everybody shares, and the way to addresses in its memory. */
export interface HardwareDevice {
  readonly ordinal: number;
  readonly context: HardwareDeviceContext;
  addressOf(view: Uint8Array): bigint;
}

const opened = new Map<number, HardwareDeviceContext>();

/**
 * FFmpeg's handle on a device; made once a process, since the primary context lives as long.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` with the reason.
 */
export async function openHardwareDevice(ordinal: number, bridge: CudaBridge): Promise<HardwareDevice> {
  await bridge.shareContext(ordinal);
  let context = opened.get(ordinal);
  if (context === undefined) {
    quietFfmpeg();
    context = new HardwareDeviceContext();
    const options = Dictionary.fromObject({ primary_ctx: '1' });
    const made = context.create(AV_HWDEVICE_TYPE_CUDA, String(ordinal), options);
    options.free();
    if (made < 0) {
      throw new GimbalError(
        'GIMBAL_E_DEVICE_UNAVAILABLE',
        `FFmpeg cannot use cuda:${ordinal} (${ffmpegReason(made)}); GIMBAL_FFMPEG_LOG=1 shows what it says.`,
      );
    }
    opened.set(ordinal, context);
  }
  return { ordinal, context, addressOf: (view) => bridge.addressOf(view) };
}

/**
 * The ordinal that a name stands for; the CPU has none. `auto` and `cuda` are the first device.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for another name.
 */
export function deviceOrdinal(name: string): number | undefined {
  if (name === 'cpu') return undefined;
  const match = /^(?:auto|cuda(?::(\d{1,4}))?)$/.exec(name);
  if (match !== null) return Number(match[1] ?? 0);
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `device must be one of auto, cpu, cuda and cuda:N, received '${name}'.`,
  );
}
