import type { FrameSource } from '@gimbal/core';
import { cacheOnDevice, cudaBridge } from '@gimbal/native';
import { openVideo, type VideoSource } from '@gimbal/video';
import type { PipelineOptions } from './pipelineOptions.js';

export type DecoderName = 'nvdec' | 'software';

/** A clip's frames where the pipeline wants them. Closing the source closes the file. */
export interface ClipSource {
  readonly video: VideoSource;
  readonly source: FrameSource;
  /** Whether the clip lies there by now; on the CPU whether it is small enough for the decoder's own store is not told. */
  fits(): boolean | undefined;
}

/** Opens a file for a decoder. @throws Error when NVDEC is asked for and does not take the clip. */
export async function openDecoder({ clip, device }: PipelineOptions, decoder: DecoderName): Promise<VideoSource> {
  if (decoder === 'software') return openVideo(clip, { cacheBytes: 0, cuda: cudaBridge });
  const video = await openVideo(clip, { device, cuda: cudaBridge });
  if (video.decoder.name === 'nvdec') return video;
  const { reason } = video.decoder;
  await video.close();
  throw new Error(`NVDEC does not decode ${clip}: ${reason}`);
}

/**
 * The clip for a whole run, kept on the device (in host memory with `cpu`) as far as the budget allows.
 * @param wrap Put around the decoder's frames, to watch them come.
 */
export async function openClip(
  options: PipelineOptions,
  decoder: DecoderName,
  budgetBytes?: number,
  wrap = (source: FrameSource) => source,
): Promise<ClipSource> {
  if (options.device === 'cpu') {
    const video = await openVideo(options.clip, { cacheBytes: budgetBytes ?? 2 ** 31, cuda: cudaBridge });
    return { video, source: wrap(video), fits: () => undefined };
  }
  const video = await openDecoder(options, decoder);
  const cache = await cacheOnDevice(wrap(video), { device: options.device, budgetBytes });
  return { video, source: cache, fits: () => cache.kept.complete };
}
