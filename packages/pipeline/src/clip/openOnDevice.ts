import os from 'node:os';
import { GimbalError } from '@gimbal/core';
import { cacheOnDevice, cudaBridge, type DeviceCache } from '@gimbal/native';
import { type Deinterlace, openVideo, type ReadingOptions, type VideoSource } from '@gimbal/video';
import { chooseByCores, type DecoderChoice } from './decoderChoice.js';

/** Who decodes, and why that one. */
export interface ChosenDecoder {
  readonly name: 'software' | 'nvdec';
  readonly reason: string;
}

/** Which clip is opened for a device, and how. */
export interface DeviceRequest {
  readonly file: string;
  readonly device: `cuda:${number}`;
  readonly decoder: DecoderChoice;
  readonly deinterlace?: Deinterlace | undefined;
  /** Which stream, and from when to when. */
  readonly selection: Pick<ReadingOptions, 'stream' | 'start' | 'end'>;
  /** An alpha channel becomes a plane of the frames. */
  readonly alpha?: boolean | undefined;
  /** Decoding threads; all the machine's unless told. */
  readonly threads?: number | undefined;
  /** Bytes of the device's memory that frames may be kept in; a share of what is free unless told. */
  readonly deviceMemory?: number | undefined;
  /** Every frame is read once only: none is kept. */
  readonly once: boolean;
}

/** A clip whose frames lie on a device, and who decodes it. */
export interface OpenedOnDevice {
  /** Closes the file too. */
  readonly cache: DeviceCache;
  readonly video: VideoSource;
  readonly decoder: ChosenDecoder;
}

/**
 * Opens a clip in this thread, with the decoder that was asked for or that the machine's cores speak for.
 * @throws GimbalError what `openVideo` and `cacheOnDevice` throw; `GIMBAL_E_DEVICE_UNAVAILABLE` for the decoder `nvdec` where it cannot be used.
 */
export async function openOnDevice(request: DeviceRequest, signal: AbortSignal | undefined): Promise<OpenedOnDevice> {
  const { decoder, once } = request;
  const threads = request.threads ?? os.availableParallelism();
  if (decoder !== 'auto') return openWith({ name: decoder, reason: 'asked for (--decoder)' }, request, signal);
  const chosen = chooseByCores({ threads, once });
  const opened = await openWith(chosen, request, signal);
  const { clipBytes, budgetBytes } = opened.cache.kept;
  // Only now is it known what the clip takes and the device has.
  const better = chooseByCores({ threads, once, clipBytes, budgetBytes });
  if (better.name === chosen.name) return opened;
  await opened.cache.close();
  return openWith(better, request, signal);
}

async function openWith(
  { name, reason }: ChosenDecoder,
  { file, device, decoder, deinterlace, selection, alpha, deviceMemory, threads, once }: DeviceRequest,
  signal: AbortSignal | undefined,
): Promise<OpenedOnDevice> {
  const where = name === 'nvdec' ? device : 'cpu';
  const reading = { ...selection, signal, threads, deinterlace, alpha, cuda: cudaBridge };
  const video = await openVideo(file, { ...reading, device: where });
  try {
    const refused = name === 'nvdec' && video.decoder.name !== 'nvdec' ? video.decoder.reason : undefined;
    if (refused !== undefined && decoder === 'nvdec') throw noEngine(refused);
    const cache = await cacheOnDevice(video, { device, budgetBytes: once ? 0 : deviceMemory });
    return { cache, video, decoder: { name: video.decoder.name, reason: refused ?? reason } };
  } catch (error) {
    await video.close();
    throw error;
  }
}

/** What there is to say where the decoder `nvdec` was asked for and cannot be used. */
export function noEngine(why: string): GimbalError {
  return new GimbalError(
    'GIMBAL_E_DEVICE_UNAVAILABLE',
    `Decoder 'nvdec' was asked for and cannot be used: ${why}. Use decoder 'software', or 'auto' to take what is there.`,
  );
}
