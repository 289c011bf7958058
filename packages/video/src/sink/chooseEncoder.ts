import { type DeviceName, GimbalError, type PixelFormat, type Size } from '@gimbal/core';
import { isDeviceError } from '@gimbal/core/device';
import type { CudaBridge } from '../ffmpeg/cudaBridge.js';
import { deviceOrdinal, type HardwareDevice, openHardwareDevice } from '../ffmpeg/hardwareDevice.js';
import { GpuFramePool } from '../frame/gpuFramePool.js';
import { nvidiaCodecs } from '../source/nvidiaCodecs.js';
import type { VideoStreamInfo } from '../source/videoStreamInfo.js';
import { type EncoderSettings, encodedSize } from './encoderSettings.js';
import { nvencSettings } from './nvencSettings.js';
import { VideoEncoder } from './videoEncoder.js';

/** Who encodes: `software` in host memory, `nvenc` on a CUDA device; `auto` is `nvenc` where it is there, else `software`. */
export type EncoderChoice = 'auto' | 'software' | 'nvenc';

export interface EncoderWish {
  /**
   * Default `software`: NVENC is faster, and its files are larger at the same quality. It takes frames on a CUDA device: the sink's
   * `memory` says so once it is open, and `allocate` lends them.
   */
  readonly encoder?: EncoderChoice | undefined;
  readonly preset?: string | undefined;
  /** The device whose frames come, where the source is decoded on one. */
  readonly hardware?: HardwareDevice | undefined;
  /** The device that encodes when the source was not decoded on one; default `cuda`. */
  readonly device?: DeviceName | undefined;
  /** Native code to reach it with, as for `openVideo`. */
  readonly cuda?: CudaBridge | undefined;
}

/** An encoder, where its pictures lie, and what there is to say of the choice. */
export interface ChosenEncoder {
  readonly settings: EncoderSettings;
  /** Undefined for host memory. */
  readonly surfaces: GpuFramePool | undefined;
  readonly note: string | undefined;
}

/** FFmpeg's names of NVENC's codecs. */
const NVENC_CODECS: Readonly<Record<string, string>> = { h264: 'h264', h265: 'hevc', av1: 'av1' };

/** What is to be encoded. */
export interface EncoderTask {
  readonly software: EncoderSettings;
  readonly format: PixelFormat;
  readonly size: Size;
  readonly stream: VideoStreamInfo;
}

/**
 * Chooses the encoder by opening it: that FFmpeg was built with NVENC says nothing of the GPU (some have no encoder) or of its driver.
 * @throws GimbalError `GIMBAL_E_DEVICE_UNAVAILABLE` when `nvenc` was asked for and cannot be used, with the reason.
 */
export async function chooseEncoder(task: EncoderTask, wish: EncoderWish): Promise<ChosenEncoder> {
  const { encoder = 'software', preset } = wish;
  const inSoftware = (note?: string) => ({ settings: task.software, surfaces: undefined, note });
  if (encoder === 'software') return inSoftware();
  if (encoder !== 'auto' && encoder !== 'nvenc') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `encoder must be one of auto, software and nvenc, received '${encoder}'.`,
    );
  }
  try {
    const settings = nvencSettings(task.software, preset);
    if (settings === undefined) throw unavailable(`it has no ${task.software.codec}`);
    const device = wish.hardware ?? (await deviceFor(wish));
    return { settings, surfaces: await openedSurfaces(task, settings, device), note: undefined };
  } catch (error) {
    if (encoder === 'nvenc' || !isDeviceError(error)) throw error;
    return inSoftware((error as GimbalError).message);
  }
}

/** A pool on the device from which this encoder was seen to take pictures. */
async function openedSurfaces(
  { format, size, stream }: EncoderTask,
  settings: EncoderSettings,
  device: HardwareDevice,
): Promise<GpuFramePool> {
  const { ordinal } = device;
  const known = (await nvidiaCodecs(ordinal)).encoders.find(({ codec }) => codec === NVENC_CODECS[settings.codec]);
  if (!known?.usable) throw unavailable(`cuda:${ordinal} refuses ${settings.encoder}: ${known?.reason}`);
  const surfaces = new GpuFramePool(device, format, size);
  try {
    const encoded = encodedSize(settings.codec, format, size);
    (await VideoEncoder.open(settings, format, encoded, stream, surfaces.frames)).close();
    return surfaces;
  } catch (error) {
    surfaces.close();
    throw unavailable((error as Error).message);
  }
}

async function deviceFor({ device = 'cuda', cuda }: EncoderWish): Promise<HardwareDevice> {
  const ordinal = deviceOrdinal(device);
  if (ordinal === undefined) throw unavailable(`frames are on the device '${device}'`);
  if (cuda === undefined) throw unavailable('no native code was given (option cuda) to reach a device with');
  return openHardwareDevice(ordinal, cuda);
}

function unavailable(why: string): GimbalError {
  return new GimbalError('GIMBAL_E_DEVICE_UNAVAILABLE', `NVENC cannot be used: ${why}. Use encoder 'software'.`);
}
