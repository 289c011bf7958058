import { GimbalError, type PixelFormat, type Size } from '@gimbal/core';
import type { FFEncoderCodec } from 'node-av/constants';

/** The codecs that {@link createVideoSink} encodes with. */
export const VIDEO_CODECS = ['h264', 'h265', 'av1', 'vp9', 'prores', 'ffv1'] as const;
/** One of {@link VIDEO_CODECS}. */
export type VideoCodec = (typeof VIDEO_CODECS)[number];

interface EncoderTraits {
  readonly encoder: FFEncoderCodec;
  /** Width and height must be multiples of the chroma subsampling. */
  readonly evenSizes: boolean;
  /** Smallest width and height that the encoder takes. */
  readonly smallest: number;
  /** The codec has no word for full range: players take its samples as studio range. */
  readonly studioRange?: boolean;
  /** Undefined where quality has no such number. */
  readonly crf?: { readonly default: number; readonly max: number };
}

/**
 * The default crf is the one at which a second generation of an already compressed clip is hard to tell from the first: 18 for
 * x264 (its documentation's "visually lossless"), and the numbers that x265 and SVT-AV1 give about the same quality at.
 */
const TRAITS: Readonly<Record<VideoCodec, EncoderTraits>> = {
  h264: { encoder: 'libx264' as FFEncoderCodec, evenSizes: true, smallest: 1, crf: { default: 18, max: 51 } },
  h265: { encoder: 'libx265' as FFEncoderCodec, evenSizes: true, smallest: 16, crf: { default: 20, max: 51 } },
  av1: { encoder: 'libsvtav1' as FFEncoderCodec, evenSizes: false, smallest: 32, crf: { default: 26, max: 63 } },
  vp9: { encoder: 'libvpx-vp9' as FFEncoderCodec, evenSizes: false, smallest: 1, crf: { default: 24, max: 63 } },
  prores: { encoder: 'prores_ks' as FFEncoderCodec, evenSizes: false, smallest: 1, studioRange: true },
  ffv1: { encoder: 'ffv1' as FFEncoderCodec, evenSizes: false, smallest: 1 },
};

/** x264's preset names; x265 shares them. */
const PRESETS = [
  'ultrafast',
  'superfast',
  'veryfast',
  'faster',
  'fast',
  'medium',
  'slow',
  'slower',
  'veryslow',
] as const;
/** How many pictures x264 looks ahead at each preset. */
const LOOKAHEADS = [0, 0, 10, 20, 30, 40, 50, 60, 60];
/** Pixels that x264 may hold to look ahead: 20 pictures of 1080p. With 40 it takes 140 MB more and files are no smaller. */
const LOOKAHEAD_PIXELS = 20 * 1920 * 1080;
const LEAST_LOOKAHEAD = 10;
/** SVT-AV1's numbers for the same wishes. */
const AV1_PRESETS = [12, 11, 10, 9, 9, 8, 6, 4, 2];
/** libvpx's `cpu-used` for the same wishes. */
const VP9_PRESETS = [8, 8, 6, 5, 4, 3, 2, 1, 0];

export interface EncoderWishes {
  readonly codec: VideoCodec;
  readonly crf?: number | undefined;
  readonly preset?: string | undefined;
  readonly threads?: number | undefined;
  /** The packets will be joined with those of other runs, maybe of other machines: headers tell nothing that differs. */
  readonly part?: boolean | undefined;
}

/** What FFmpeg's encoder is told. */
export interface EncoderSettings {
  readonly codec: VideoCodec;
  readonly encoder: FFEncoderCodec;
  readonly options: Readonly<Record<string, string>>;
  readonly threads: number;
}

/** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an unknown codec or preset, or a crf out of range. */
export function encoderSettings({ codec, crf, preset, threads, part = false }: EncoderWishes): EncoderSettings {
  const traits = TRAITS[codec];
  if (traits === undefined) {
    throw invalid(`Expected a codec out of ${VIDEO_CODECS.join(', ')}, received "${codec}".`);
  }
  const options: Record<string, string> = {};
  if (traits.crf) options.crf = String(checkedCrf(codec, crf ?? traits.crf.default, traits.crf.max));
  if (codec === 'h264' || codec === 'h265') options.preset = PRESETS[presetIndex(preset)];
  if (codec === 'h264') options['x264-params'] = 'log-level=-1';
  if (codec === 'h265') {
    const pools = threads === undefined || threads === 0 ? '' : `:pools=${threads}`;
    // Its description of itself, which is part of the header, names threads and processor.
    options['x265-params'] = `log-level=none${pools}${part ? ':info=0' : ''}`;
    options.a53cc = '1';
  }
  if (codec === 'av1') {
    options.preset = String(av1Preset(preset));
    if (threads) options['svtav1-params'] = `lp=${threads}`;
  }
  // Without a bit rate of 0 the crf is only a bound.
  if (codec === 'vp9') {
    Object.assign(options, { b: '0', 'row-mt': '1', 'cpu-used': String(VP9_PRESETS[presetIndex(preset)]) });
  }
  if (codec === 'prores') options.profile = 'hq';
  if (codec === 'ffv1') Object.assign(options, { level: '3', slicecrc: '1', g: '1' });
  return { codec, encoder: traits.encoder, options, threads: threads ?? 0 };
}

/** x264's settings that keep its memory within bounds for large pictures; none where the preset looks ahead less anyway. */
export function lookaheadParameters({ encoder, options }: EncoderSettings, { width, height }: Size): string[] {
  if (encoder !== TRAITS.h264.encoder) return [];
  const wanted = LOOKAHEADS[presetIndex(options.preset)];
  const affordable = Math.max(LEAST_LOOKAHEAD, Math.floor(LOOKAHEAD_PIXELS / (width * height)));
  return affordable < wanted ? [`rc-lookahead=${affordable}`] : [];
}

/**
 * The size that is encoded: where the encoder wants whole chroma samples, an odd column or row at the end is left out.
 * @throws GimbalError `GIMBAL_E_INPUT_UNSUPPORTED` for a picture that is too small for the codec.
 */
export function encodedSize(codec: VideoCodec, { chromaShiftX, chromaShiftY }: PixelFormat, size: Size): Size {
  const { evenSizes, smallest } = TRAITS[codec];
  const whole = (length: number, shift: number) => (evenSizes ? (length >> shift) << shift : length);
  const width = whole(size.width, chromaShiftX);
  const height = whole(size.height, chromaShiftY);
  const least = Math.max(smallest, evenSizes ? 1 << Math.max(chromaShiftX, chromaShiftY) : 1);
  if (width < smallest || height < smallest || width < 1 || height < 1) {
    throw new GimbalError(
      'GIMBAL_E_INPUT_UNSUPPORTED',
      `Pictures of ${size.width}×${size.height} are too small for ${codec}, which wants at least ${least}×${least} here; the codec ffv1 in an .mkv file takes any size.`,
    );
  }
  return { width, height };
}

function checkedCrf(codec: VideoCodec, crf: number, max: number): number {
  if (!(crf >= 0 && crf <= max))
    throw invalid(`Expected a crf from 0 (lossless) to ${max} for ${codec}, received ${crf}.`);
  return crf;
}

/** The place of a preset among x264's names. @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`. */
export function presetIndex(preset = 'medium'): number {
  const index = (PRESETS as readonly string[]).indexOf(preset);
  if (index < 0) throw invalid(`Expected a preset out of ${PRESETS.join(', ')}, received "${preset}".`);
  return index;
}

function av1Preset(preset: string | undefined): number {
  if (preset === undefined || !/^\d+$/.test(preset)) return AV1_PRESETS[presetIndex(preset)];
  if (Number(preset) > 13) throw invalid(`Expected an AV1 preset from 0 (slowest) to 13, received ${preset}.`);
  return Number(preset);
}

function invalid(message: string): GimbalError {
  return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
}

/** FFmpeg's encoder for a codec. */
export function encoderName(codec: VideoCodec): FFEncoderCodec {
  return TRAITS[codec].encoder;
}

/** Whether samples must be of studio range, 16 to 235 in 8 bits. */
export function isStudioRange(codec: VideoCodec): boolean {
  return TRAITS[codec].studioRange === true;
}
