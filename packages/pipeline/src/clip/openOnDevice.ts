import os from 'node:os';
import { GimbalError } from '@gimbal/core';
import { cacheOnDevice, cudaBridge, type DeviceCache } from '@gimbal/native';
import { openVideo } from '@gimbal/video';
import type { ChosenDecoder, DecodeRequest } from '../thread/decodeMessages.js';
import { chooseByCores } from './decoderChoice.js';

/** A clip whose frames lie on a device, and who decodes it. */
export interface OpenedOnDevice {
  /** Closes the file too. */
  readonly cache: DeviceCache;
  readonly decoder: ChosenDecoder;
}

/**
 * Opens a clip in this thread, with the decoder that was asked for or that the machine's cores speak for.
 * @throws GimbalError what `openVideo` and `cacheOnDevice` throw; `GIMBAL_E_DEVICE_UNAVAILABLE` for the decoder `nvdec` where it cannot be used.
 */
export async function openOnDevice(request: DecodeRequest, signal: AbortSignal): Promise<OpenedOnDevice> {
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
  { file, device, decoder, deinterlace, deviceMemory, threads, once }: DecodeRequest,
  signal: AbortSignal,
): Promise<OpenedOnDevice> {
  const where = name === 'nvdec' ? device : 'cpu';
  const video = await openVideo(file, { signal, threads, deinterlace, cacheBytes: 0, device: where, cuda: cudaBridge });
  try {
    const refused = name === 'nvdec' && video.decoder.name !== 'nvdec' ? video.decoder.reason : undefined;
    if (refused !== undefined && decoder === 'nvdec') throw noEngine(refused);
    const cache = await cacheOnDevice(video, { device, budgetBytes: once ? 0 : deviceMemory });
    return { cache, decoder: { name: video.decoder.name, reason: refused ?? reason } };
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
