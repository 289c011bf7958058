import { type FrameSource, GimbalError, type SourceWarning } from '@gimbal/core';
import { chooseDevice, isDeviceError } from '@gimbal/core/device';
import { addonInfo, type CacheStatistics, cudaBridge } from '@gimbal/native';
import { openVideo, type VideoSource } from '@gimbal/video';
import type { Settings } from '../stabilize/settings.js';
import { noEngine, type OpenedOnDevice, openOnDevice } from './openOnDevice.js';

/** Where the frames of a run were decoded and worked on. */
export interface FramePlacement {
  /** `cpu`, or the CUDA device, such as `cuda:0`. */
  readonly device: string;
  /** The device's name; absent on the CPU. */
  readonly deviceName?: string | undefined;
  readonly decoder: 'software' | 'nvdec';
  /** Why that one; absent on the CPU. */
  readonly decoderReason?: string | undefined;
  /** What of the clip was kept on the device; absent on the CPU. */
  readonly kept?: CacheStatistics | undefined;
}

/** The frames of the clip that a run works on. */
export interface ClipFrames {
  /** The file: what a sink takes everything but the picture from. */
  readonly video: VideoSource;
  /** Frames where the work on them is done. */
  readonly source: FrameSource;
  /** Where that is. */
  readonly device: 'cpu' | `cuda:${number}`;
  /** What went wrong so far, in whichever decoder. */
  readonly warnings: readonly SourceWarning[];
  /** The same frames in host memory, for when the device has failed. */
  inHostMemory(): FrameSource;
  /** As it is now; complete at the end of a run. */
  placement(): FramePlacement;
  close(): Promise<void>;
  /** Why a device that `auto` would have taken was not. */
  readonly problem?: string | undefined;
}

/** What {@link openClip} goes by. */
export interface ClipFramesOptions
  extends Pick<
    Settings,
    'device' | 'deviceMemory' | 'decoder' | 'deinterlace' | 'stream' | 'start' | 'end' | 'threads'
  > {
  readonly signal?: AbortSignal | undefined;
  /** Every frame is read once only: none needs to be kept. */
  readonly once: boolean;
  /** An alpha channel becomes a plane of the frames; left out by default. */
  readonly alpha?: boolean | undefined;
}

/**
 * Opens a clip in the caller's thread so that its frames come where the work on them is done: in host memory, or on the CUDA device that the settings mean.
 * @throws GimbalError what `openVideo` throws; `GIMBAL_E_DEVICE_UNAVAILABLE` and the like for a device that was named, while `auto` takes
 * the CPU instead; the same for the decoder `nvdec` where the machine has none or it does not take the clip, whatever the device;
 * `GIMBAL_E_INVALID_ARGUMENT` for `nvdec` on the CPU.
 */
export async function openClip(file: string, options: ClipFramesOptions): Promise<ClipFrames> {
  const { device, decoder, deinterlace, stream, start, end, alpha, deviceMemory, threads, signal, once } = options;
  const selection = { stream, start, end };
  if (device === 'cpu' && decoder === 'nvdec') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      "Decoder 'nvdec' leaves frames on a CUDA device, and device 'cpu' was asked for. Name a CUDA device, or use decoder 'software'.",
    );
  }
  const ordinal = chooseDevice(device, () => addonInfo().cudaReport);
  if (ordinal === undefined && decoder === 'nvdec') throw noEngine(addonInfo().cudaReport.unavailable);
  const reading = {
    ...selection,
    signal,
    threads,
    deinterlace,
    alpha,
    cuda: cudaBridge,
  };
  const inHostMemory = () => openVideo(file, reading);
  if (ordinal === undefined) return hostFrames(await inHostMemory());
  try {
    const where = `cuda:${ordinal}` as const;
    const request = { file, device: where, decoder, deinterlace, selection, alpha, deviceMemory, threads, once };
    return deviceFrames(where, await openOnDevice(request, signal));
  } catch (error) {
    if (device !== 'auto' || decoder === 'nvdec' || !isDeviceError(error)) throw error;
    return hostFrames(await inHostMemory(), error.message);
  }
}

function hostFrames(video: VideoSource, problem?: string): ClipFrames {
  return {
    video,
    source: video,
    device: 'cpu',
    get warnings() {
      return video.warnings;
    },
    inHostMemory: () => video,
    placement: () => ({ device: 'cpu', decoder: 'software' }),
    close: () => video.close(),
    problem,
  };
}

function deviceFrames(device: `cuda:${number}`, { cache, video, decoder }: OpenedOnDevice): ClipFrames {
  const { name: deviceName } = addonInfo().cudaReport.devices.find(({ ordinal }) => device === `cuda:${ordinal}`) ?? {};
  // A device's decoder may give another pixel format than software would; pictures in host memory shall be alike.
  const inHostMemory = video.inHostMemory(cache.info.format);
  return {
    video: inHostMemory,
    source: cache,
    device,
    get warnings() {
      return cache.warnings;
    },
    inHostMemory: () => inHostMemory,
    placement: () => ({ device, deviceName, decoder: decoder.name, decoderReason: decoder.reason, kept: cache.kept }),
    async close() {
      await Promise.all([cache.close(), inHostMemory.close()]);
    },
  };
}
