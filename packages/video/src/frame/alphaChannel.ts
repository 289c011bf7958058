// Which codecs and containers keep an alpha channel.
import { Codec, type Stream } from 'node-av/lib';
import { containerOf } from '../sink/container.js';
import type { VideoCodec } from '../sink/encoderSettings.js';
import { hasAlpha, pixelFormat } from './pixelFormats.js';

/** Muxers in which each codec's alpha channel has a place. VP9's lies beside the picture, where only Matroska's family has room. */
const KEPT_IN: Readonly<Partial<Record<VideoCodec, readonly string[]>>> = {
  prores: ['mov', 'matroska'],
  ffv1: ['mov', 'matroska'],
  vp9: ['webm', 'matroska'],
};

/** What to say where an alpha channel is lost. */
export const KEEPERS_OF_ALPHA = 'prores in .mov, vp9 in .webm and ffv1 in .mkv keep one';

/**
 * Whether a clip's alpha channel can be stored in this file.
 * @param codec The default where none is named: `vp9` in .webm for pictures with alpha.
 * @param stored FFmpeg's name of the pixel format that is asked for, if any.
 * @param container The container, where it is not the extension that chooses it.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an extension that no container has.
 */
export function keepsAlpha(file: string, codec: VideoCodec | undefined, stored?: string, container?: string): boolean {
  const { muxer } = containerOf(file, container);
  if (stored !== undefined && !(pixelFormat(stored) ?? pixelFormat(`${stored}le`))?.alpha) return false;
  const used = codec ?? (muxer === 'webm' ? 'vp9' : undefined);
  return used !== undefined && KEPT_IN[used]?.includes(muxer) === true;
}

/** VP8 and VP9 in Matroska: the pictures' alpha comes as pictures of its own, which only libvpx puts together. */
export function hasAlphaBeside({ metadata }: Stream): boolean {
  return metadata?.get('alpha_mode') === '1';
}

/** The decoder that gives such pictures with their alpha, if this FFmpeg has it. */
export function decoderWithAlpha(stream: Stream): Codec | null {
  if (!hasAlphaBeside(stream)) return null;
  const plain = Codec.findDecoder(stream.codecpar.codecId)?.name;
  const libvpx = { vp8: 'libvpx', vp9: 'libvpx-vp9' }[plain ?? ''];
  return libvpx === undefined ? null : Codec.findDecoderByName(libvpx as Parameters<typeof Codec.findDecoderByName>[0]);
}

/** Whether the pictures of a stream, which the decoder gives in this format, have an alpha channel, handed out or not. */
export function carriesAlpha(stream: Stream, decoded: string): boolean {
  return hasAlpha(decoded) || hasAlphaBeside(stream);
}
