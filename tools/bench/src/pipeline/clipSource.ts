import type { FrameSource } from '@gimbal/core';
import { cudaBridge } from '@gimbal/native';
import { openClip as openClipFrames } from '@gimbal/pipeline/parts';
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
  if (decoder === 'software') return openVideo(clip, { cuda: cudaBridge });
  const video = await openVideo(clip, { device, cuda: cudaBridge });
  if (video.decoder.name === 'nvdec') return video;
  const { reason } = video.decoder;
  await video.close();
  throw new Error(`NVDEC does not decode ${clip}: ${reason}`);
}

/**
 * The clip for a whole run, as `gimbal stabilize` opens it: kept on the device (in host memory with `cpu`) as far as the budget allows.
 * @param decoder `auto`: the one that the command would choose.
 * @param wrap Put around the frames, to watch them come.
 * @throws GimbalError when NVDEC is asked for and does not take the clip.
 */
export async function openClip(
  { clip, device }: PipelineOptions,
  decoder: DecoderName | 'auto',
  deviceMemory?: number,
  wrap = (source: FrameSource) => source,
): Promise<ClipSource> {
  const named = device === 'cpu' ? 'auto' : decoder;
  const opened = await openClipFrames(clip, {
    device,
    decoder: named,
    deviceMemory,
    deinterlace: 'auto',
    threads: undefined,
    once: deviceMemory === 0,
  });
  const { video, source } = opened;
  const wrapped = wrap(source);
  const closing: FrameSource = {
    info: source.info,
    get warnings() {
      return source.warnings;
    },
    frames: (given) => wrapped.frames(given),
    close: () => opened.close(),
  };
  return { video, source: closing, fits: () => opened.placement().kept?.complete };
}
