import { GimbalError, type PixelFormat } from '@gimbal/core';
import { AVCOL_TRC_ARIB_STD_B67, AVCOL_TRC_SMPTE2084 } from 'node-av/constants';
import { pixelFormat } from '../frame/pixelFormats.js';
import type { VideoStreamInfo } from '../source/videoStreamInfo.js';
import type { Container } from './container.js';
import type { VideoCodec } from './encoderSettings.js';

/** What the choice goes by. */
export interface EncodedClip {
  readonly format: PixelFormat;
  /** FFmpeg's names of what the file stores, where it is a file. */
  readonly storedFormat?: string | undefined;
  readonly codec?: string | undefined;
  readonly stream: Pick<VideoStreamInfo, 'color'>;
}

/** Codecs that keep what they are given for another round of editing: nothing is reduced for them. */
const FOR_EDITING: readonly VideoCodec[] = ['prores', 'ffv1'];

/**
 * The codec that a clip is encoded with when none is named: H.265 for more than 8 bits, for which hardly anything plays H.264; AV1 in a
 * container that takes nothing else of ours, VP9 there for pictures with alpha; H.264 otherwise.
 */
export function defaultCodec({ video }: Pick<Container, 'video'>, clip: EncodedClip): VideoCodec {
  const deep = clip.format.bitDepth > 8 && (isHdr(clip) || !isMadeOfRgb(clip));
  const wanted: VideoCodec = deep ? 'h265' : 'h264';
  if (video.includes(wanted)) return wanted;
  return clip.format.alpha && video.includes('vp9') ? 'vp9' : video[0];
}

/**
 * The format that pictures are stored in when none is named: the clip's own; for RGB, palettes and still pictures, whose 4:4:4 hardly anything
 * plays, 4:2:0 of 8 bits (10 for HDR).
 */
export function defaultFormat(codec: VideoCodec, clip: EncodedClip): PixelFormat {
  if (FOR_EDITING.includes(codec) || !isMadeOfRgb(clip)) return clip.format;
  const name = isHdr(clip) ? 'yuv420p10le' : 'yuv420p';
  return pixelFormat(clip.format.alpha ? name.replace('yuv', 'yuva') : name) as PixelFormat;
}

/**
 * The format of this FFmpeg name.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for one that Gimbal does not write.
 */
export function formatNamed(name: string): PixelFormat {
  const found = pixelFormat(name) ?? pixelFormat(`${name}le`);
  if (found !== undefined) return found;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Expected a pixel format such as yuv420p, yuv422p, yuv444p, yuv420p10le or gray, received "${name}".`,
  );
}

/** What there is to say of an output that browsers and phones refuse; `undefined` of all others. */
export function playbackNote(codec: VideoCodec, format: PixelFormat): string | undefined {
  if (FOR_EDITING.includes(codec)) return undefined;
  const usual = format.chroma && format.chromaShiftX === 1 && format.chromaShiftY === 1;
  const deepest = codec === 'h264' ? 8 : 10;
  if (usual && format.bitDepth <= deepest) return undefined;
  const subsampling = !format.chroma ? 'gray' : usual ? '4:2:0' : format.chromaShiftX === 1 ? '4:2:2' : '4:4:4';
  const remedy =
    usual && codec === 'h264' && format.bitDepth === 10
      ? '--codec h265'
      : `--pixel-format ${format.bitDepth > 8 && codec !== 'h264' ? 'yuv420p10le' : 'yuv420p'}`;
  return `Browsers and phones hardly play ${codec} in ${format.name} (${subsampling}, ${format.bitDepth} bits); most play it with ${remedy}.`;
}

/** Formats of GIF, PNG and screen recordings: RGB in any order, palettes, black and white. */
const RGB = /^(0?rgb|0?bgr|gbr|argb|abgr|x2rgb|x2bgr|pal8|mono)/;
/** Codecs of still pictures, whatever the format. */
const STILL = ['png', 'apng', 'gif', 'bmp', 'tiff', 'webp', 'targa', 'pcx', 'ppm', 'pgm', 'dpx', 'exr', 'jpeg2000'];

function isMadeOfRgb({ storedFormat, codec }: EncodedClip): boolean {
  return (storedFormat !== undefined && RGB.test(storedFormat)) || (codec !== undefined && STILL.includes(codec));
}

function isHdr({ stream }: EncodedClip): boolean {
  const { transfer } = stream.color;
  return transfer === AVCOL_TRC_SMPTE2084 || transfer === AVCOL_TRC_ARIB_STD_B67;
}
