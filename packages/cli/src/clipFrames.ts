import { chooseDevice, type FrameSource, isDeviceError } from '@gimbal/core';
import { addonInfo, cacheOnDevice, type DeviceCache, type KeptFrames } from '@gimbal/native';
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

/** The frames of the clip that a run works on. Closing `source` closes `video`. */
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
  if (ordinal === undefined)
    return hostFrames(await openVideo(file, { signal, threads, ...(once && { cacheBytes: 0 }) }));
  const video = await openVideo(file, { signal, threads, cacheBytes: 0 });
  try {
    const budgetBytes = once ? 0 : deviceMemory;
    return deviceFrames(video, await cacheOnDevice(video, { device: `cuda:${ordinal}`, budgetBytes }), ordinal);
  } catch (error) {
    await video.close();
    if (device !== 'auto' || !isDeviceError(error)) throw error;
    return { ...hostFrames(await openVideo(file, { signal, threads })), problem: error.message };
  }
}

function hostFrames(video: VideoSource): ClipFrames {
  return {
    video,
    source: video,
    device: 'cpu',
    inHostMemory: () => video,
    placement: () => ({ device: 'cpu', decoder: 'software' }),
  };
}

function deviceFrames(video: VideoSource, cache: DeviceCache, ordinal: number): ClipFrames {
  const { name: deviceName } = addonInfo().cudaReport.devices.find((one) => one.ordinal === ordinal) ?? {};
  const device = `cuda:${ordinal}` as const;
  return {
    video,
    source: cache,
    device,
    inHostMemory: () => video,
    placement: () => ({ device, deviceName, decoder: 'software', kept: cache.kept }),
  };
}
