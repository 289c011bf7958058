import { cudaBridge } from '@gimbal/native';
import { createVideoSink } from '@gimbal/video';
import type { ClipFrames } from '../clip/openClip.js';
import type { Settings } from '../stabilize/settings.js';

/**
 * The encoder and the file that the settings mean.
 * @param part Whether the file is a part of the clip, for `joinFiles`.
 * @throws GimbalError as `createVideoSink`.
 */
export function sinkFor(
  file: string,
  { video, device }: ClipFrames,
  settings: Settings,
  { signal, part }: { readonly signal?: AbortSignal | undefined; readonly part?: boolean },
) {
  const { overwrite, format, codec, pixelFormat, crf, preset, threads, encoder } = settings;
  const encoding = { overwrite, container: format, codec, pixelFormat, crf, preset, threads, signal, part };
  if (encoder === 'software') return createVideoSink(file, { ...encoding, source: video });
  const where = device === 'cpu' ? 'cuda' : device;
  return createVideoSink(file, { ...encoding, source: video, encoder, device: where, cuda: cudaBridge });
}
