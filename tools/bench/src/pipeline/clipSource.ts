import { chooseDevice, type FrameSource } from '@gimbal/core';
import { addonInfo, cudaBridge } from '@gimbal/native';
import { openDeviceClip } from '@gimbal/pipeline';
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
 * The clip for a whole run, as `gimbal stabilize` opens it: decoded by a thread of its own and kept on the device (in host memory with `cpu`) as
 * far as the budget allows.
 * @param decoder `auto`: the one that the command would choose.
 * @param wrap Put around the frames, to watch them come.
 * @throws GimbalError when NVDEC is asked for and does not take the clip.
 */
export async function openClip(
  options: PipelineOptions,
  decoder: DecoderName | 'auto',
  budgetBytes?: number,
  wrap = (source: FrameSource) => source,
): Promise<ClipSource> {
  const ordinal = chooseDevice(options.device, () => addonInfo().cudaReport);
  if (ordinal === undefined) {
    const video = await openVideo(options.clip, { cacheBytes: budgetBytes ?? 2 ** 31, cuda: cudaBridge });
    return { video, source: wrap(video), fits: () => undefined };
  }
  const clip = await openDeviceClip(options.clip, { device: `cuda:${ordinal}`, decoder, deviceMemory: budgetBytes });
  return { video: clip.video, source: wrap(clip), fits: () => clip.kept.complete };
}
