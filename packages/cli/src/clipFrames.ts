import os from 'node:os';
import { chooseDevice, type FrameSource, GimbalError, isDeviceError } from '@gimbal/core';
import { addonInfo, cacheOnDevice, cudaBridge, type DeviceCache, type KeptFrames } from '@gimbal/native';
import { openVideo, type VideoSource } from '@gimbal/video';
import { type ChosenByCores, chooseByCores } from './decoderChoice.js';
import type { Settings } from './settings.js';

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
export interface ClipFramesOptions extends Pick<Settings, 'device' | 'deviceMemory' | 'decoder' | 'threads'> {
  readonly signal: AbortSignal;
  /** Every frame is read once only: none needs to be kept. */
  readonly once: boolean;
}

/**
 * Opens a clip so that its frames come where the work on them is done: in host memory, or on the CUDA device that the settings mean.
 * @throws GimbalError what `openVideo` throws; `GIMBAL_E_DEVICE_UNAVAILABLE` and the like for a device that was named, while `auto` takes
 * the CPU instead; the same for the decoder `nvdec` where the machine has none or it does not take the clip, whatever the device;
 * `GIMBAL_E_INVALID_ARGUMENT` for `nvdec` on the CPU.
 */
export async function openClip(file: string, options: ClipFramesOptions): Promise<ClipFrames> {
  const { device, decoder, threads, signal, once } = options;
  if (device === 'cpu' && decoder === 'nvdec') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      "Decoder 'nvdec' leaves frames on a CUDA device, and device 'cpu' was asked for. Name a CUDA device, or use decoder 'software'.",
    );
  }
  const ordinal = chooseDevice(device, () => addonInfo().cudaReport);
  if (ordinal === undefined && decoder === 'nvdec') throw noEngine(addonInfo().cudaReport.unavailable);
  const inHostMemory = () => openVideo(file, { signal, threads, cuda: cudaBridge, ...(once && { cacheBytes: 0 }) });
  if (ordinal === undefined) return hostFrames(await inHostMemory());
  try {
    return await framesOn(`cuda:${ordinal}`, file, options);
  } catch (error) {
    if (device !== 'auto' || decoder === 'nvdec' || !isDeviceError(error)) throw error;
    return { ...hostFrames(await inHostMemory()), problem: error.message };
  }
}

async function framesOn(device: `cuda:${number}`, file: string, options: ClipFramesOptions): Promise<ClipFrames> {
  const { decoder, once } = options;
  const threads = options.threads ?? os.availableParallelism();
  if (decoder !== 'auto') return openOn(device, file, options, { name: decoder, reason: 'asked for (--decoder)' });
  const chosen = chooseByCores({ threads, once });
  const frames = await openOn(device, file, options, chosen);
  const { kept } = frames.placement();
  // Only now is it known what the clip takes and the device has.
  const better = chooseByCores({ threads, once, ...kept });
  if (better.name === chosen.name) return frames;
  await frames.close();
  return openOn(device, file, options, better);
}

async function openOn(
  device: `cuda:${number}`,
  file: string,
  { decoder, deviceMemory, threads, signal, once }: ClipFramesOptions,
  { name, reason }: ChosenByCores,
): Promise<ClipFrames> {
  const where = name === 'nvdec' ? device : 'cpu';
  const video: VideoSource = await openVideo(file, { signal, threads, cacheBytes: 0, device: where, cuda: cudaBridge });
  try {
    const refused = name === 'nvdec' && video.decoder.name !== 'nvdec' ? video.decoder.reason : undefined;
    if (refused !== undefined && decoder === 'nvdec') throw noEngine(refused);
    const cache = await cacheOnDevice(video, { device, budgetBytes: once ? 0 : deviceMemory });
    return deviceFrames(video, cache, device, refused ?? reason);
  } catch (error) {
    await video.close();
    throw error;
  }
}

function noEngine(why: string): GimbalError {
  return new GimbalError(
    'GIMBAL_E_DEVICE_UNAVAILABLE',
    `Decoder 'nvdec' was asked for and cannot be used: ${why}. Use decoder 'software', or 'auto' to take what is there.`,
  );
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

function deviceFrames(
  video: VideoSource,
  cache: DeviceCache,
  device: `cuda:${number}`,
  decoderReason: string,
): ClipFrames {
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
    placement: () => ({ device, deviceName, decoder: video.decoder.name, decoderReason, kept: cache.kept }),
    async close() {
      await replacement?.close();
      await cache.close();
    },
  };
}
