import { DEFAULT_MAX_CROP, type DeviceName, type EstimatorPlugin, type SmootherPlugin } from '@gimbal/core';
import type { Deinterlace, EncoderChoice, VideoCodec } from '@gimbal/video';
import type { DecoderChoice } from '../clip/decoderChoice.js';

/** What a run goes by. */
export interface Settings {
  /** What measures the camera motion: its name, the path of its file, or the plug-in itself. */
  readonly estimator: string | EstimatorPlugin;
  readonly estimatorOptions: Readonly<Record<string, unknown>>;
  /** A picture of the clip's proportions: motion is followed in its bright parts and not in the dark ones. With the classical estimator. */
  readonly mask?: string | undefined;
  /** Parts of the picture to follow, or with `ignore:` before them to leave out: `x,y,width,height` in pixels or percent. */
  readonly region?: readonly string[] | undefined;
  /** A name (see `smootherNames` of `@gimbal/smoothers`), the path of a plug-in's file, or the plug-in itself. */
  readonly smoother: string | SmootherPlugin;
  /** What a plug-in's `parseOptions` gets beside `strength`. */
  readonly smootherOptions: Readonly<Record<string, unknown>>;
  /** How steady, 0 to 1; 0 leaves the clip as it is. */
  readonly strength: number;
  /** Largest fraction of width and height that may be cropped away, 0 to 0.5. */
  readonly maxCrop: number;
  /** `static`: one crop for the shot; `dynamic`: as much as each moment needs. Default: `static` with border `crop`, else `none`. */
  readonly zoom?: 'static' | 'dynamic' | 'none' | undefined;
  /** Outside the picture: `crop` never shows it. */
  readonly border: 'crop' | 'black' | 'replicate' | 'mirror';
  /** The readout of a rolling shutter as a share of the time from frame to frame; `auto` measures it and corrects what is sure, `off` does not look. */
  readonly rollingShutter: 'auto' | 'off' | number;
  readonly interpolation: 'bilinear' | 'bicubic' | 'lanczos3';
  /** One pass that knows this many seconds of what comes. Default: two passes over the whole clip. */
  readonly lookAhead?: number | undefined;
  /** Holds the camera still instead of following its motion. */
  readonly tripod: boolean;
  readonly device: DeviceName;
  /** Most bytes that kept frames may take on a CUDA device. Default: half of what is free; 0 decodes the clip twice. */
  readonly deviceMemory?: number | undefined;
  readonly decoder: DecoderChoice;
  /** Threads to use. Default: all cores. */
  readonly threads?: number | undefined;
  /** Index of the stream of pictures. Default: the largest. */
  readonly stream?: number | undefined;
  /** The part of the clip from this second on; the output's clock starts there. Default: from the first picture. */
  readonly start?: number | undefined;
  /** The part before this second. Default: to the last picture. */
  readonly end?: number | undefined;
  /** Interlaced pictures: `auto` one whole picture of each, `fields` one of each field, `off` as they are. */
  readonly deinterlace: Deinterlace;
  /** Default: `h265` for more than 8 bits, else `h264`; `av1` in .webm. */
  readonly codec?: VideoCodec | undefined;
  /** The container, such as `matroska`. Default: what the output's extension asks for; `matroska` on standard output. */
  readonly format?: string | undefined;
  /** Who encodes: `nvenc` is a GPU's encoder, `auto` takes it where it is there. */
  readonly encoder: EncoderChoice;
  /** FFmpeg's name of the pixel format that is stored. Default: the clip's own; 4:2:0 for RGB. */
  readonly pixelFormat?: string | undefined;
  /** Constant quality, lower is better. Default: 18 for h264, 20 for h265, 26 for av1. */
  readonly crf?: number | undefined;
  /** The encoder's speed, `ultrafast` to `veryslow`. Default: `medium`. */
  readonly preset?: string | undefined;
  /** Longest that one estimate may take, seconds. */
  readonly timeout: number;
  /** Side by side: original left, stabilized right. */
  readonly compare: boolean;
  /** Replace an existing output. */
  readonly overwrite: boolean;
}

/** Some of the {@link Settings}; the others take their defaults. */
export type PartialSettings = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

/** Settings that every run of a benchmark shares. */
export const SHARED_SETTINGS = [
  'smoother',
  'strength',
  'maxCrop',
  'zoom',
  'border',
  'rollingShutter',
  'interpolation',
  'lookAhead',
  'tripod',
  'device',
  'decoder',
  'threads',
  'codec',
  'crf',
  'preset',
  'timeout',
] as const satisfies readonly (keyof Settings)[];

/** What holds where nothing else is said. */
export const DEFAULT_SETTINGS = {
  estimator: 'classical',
  estimatorOptions: {},
  smoother: 'min-acceleration',
  smootherOptions: {},
  strength: 0.6,
  maxCrop: DEFAULT_MAX_CROP,
  border: 'crop',
  rollingShutter: 'auto',
  interpolation: 'bilinear',
  tripod: false,
  device: 'auto',
  decoder: 'auto',
  deinterlace: 'auto',
  encoder: 'software',
  timeout: 60,
  compare: false,
  overwrite: false,
} as const satisfies PartialSettings;

/** Fills in what was left out. */
export function withDefaults(given: PartialSettings): Settings {
  const told = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(told) };
}
