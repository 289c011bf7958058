import { chooseDevice, type FrameSource, isDeviceError } from '@gimbal/core';
import { addonInfo, cacheOnDevice, cudaBridge, type DeviceCache, type KeptFrames } from '@gimbal/native';
import { openVideo, type VideoSource } from '@gimbal/video';
import type { Settings } from './settings.js';

/** Where the frames of a run were decoded and worked on. */
export interface FramePlacement {
  /** `cpu`, or the CUDA device, such as `cuda:0`. */
  readonly device: string;
  /** The device's name; absent on the CPU. */
  readonly deviceName?: string | undefined;
  readonly decoder: 'software' | 'nvdec';
  /** What of the clip was kept on the device; absent on the CPU. */
  readonly kept?: KeptFrames | undefined;
}

/** The frames of the clip that a run works on. */
export interface ClipFrames {
  /** The file: what a sink takes everything but the picture from. */
  readonly video: VideoSource;
  /** Frames where the work on them is done. */
  readonly source: FrameSource;
  /** Where that is. */
  readonly device: 'cpu' | `cuda:${number}`;
  /** The same frames in host memory, for when the device has failed. */
  inHostMemory(): FrameSource;
  /** As it is now; complete at the end of a run. */
  placement(): FramePlacement;
  close(): Promise<void>;
  /** Why a device that `auto` would have taken was not. */
  readonly problem?: string | undefined;
}

/** What {@link openClip} goes by. */
export interface ClipFramesOptions extends Pick<Settings, 'device' | 'deviceMemory' | 'threads'> {
  readonly signal: AbortSignal;
  /** Every frame is read once only: none needs to be kept. */
  readonly once: boolean;
}

/**
 * Opens a clip so that its frames come where the work on them is done: in host memory, or on the CUDA device that the settings mean.
 * @throws GimbalError what `openVideo` throws; `GIMBAL_E_DEVICE_UNAVAILABLE` and the like for a device that was named, while `auto` takes
 * the CPU instead.
 */
export async function openClip(file: string, options: ClipFramesOptions): Promise<ClipFrames> {
  const { device, deviceMemory, threads, signal, once } = options;
  const ordinal = chooseDevice(device, () => addonInfo().cudaReport);
  const inHostMemory = () => openVideo(file, { signal, threads, ...(once && { cacheBytes: 0 }) });
  if (ordinal === undefined) return hostFrames(await inHostMemory());
  let video: VideoSource | undefined;
  try {
    const named = `cuda:${ordinal}` as const;
    video = await openVideo(file, { signal, threads, cacheBytes: 0, device: named, cuda: cudaBridge });
    const cache = await cacheOnDevice(video, { device: named, budgetBytes: once ? 0 : deviceMemory });
    return deviceFrames(video, cache, named);
  } catch (error) {
    await video?.close();
    if (device !== 'auto' || !isDeviceError(error)) throw error;
    return { ...hostFrames(await inHostMemory()), problem: error.message };
  }
}

function hostFrames(video: VideoSource): ClipFrames {
  return {
    video,
    source: video,
    device: 'cpu',
    inHostMemory: () => video,
    placement: () => ({ device: 'cpu', decoder: 'software' }),
    close: () => video.close(),
  };
}

function deviceFrames(video: VideoSource, cache: DeviceCache, device: `cuda:${number}`): ClipFrames {
  const { name: deviceName } = addonInfo().cudaReport.devices.find(({ ordinal }) => device === `cuda:${ordinal}`) ?? {};
  let replacement: VideoSource | undefined;
  return {
    video,
    source: cache,
    device,
    inHostMemory() {
      replacement ??= video.inHostMemory();
      return replacement;
    },
    placement: () => ({ device, deviceName, decoder: video.decoder.name, kept: cache.kept }),
    async close() {
      await replacement?.close();
      await cache.close();
    },
  };
}
