import { DEFAULT_MAX_CROP, type DeviceName, type EstimatorPlugin } from '@gimbal/core';
import type { Deinterlace, VideoCodec } from '@gimbal/video';
import type { DecoderChoice } from '../clip/decoderChoice.js';

/** What a run goes by. */
export interface Settings {
  /** What measures the camera motion: its name, the path of its file, or the plug-in itself. */
  readonly estimator: string | EstimatorPlugin;
  readonly estimatorOptions: Readonly<Record<string, unknown>>;
  /** See `smootherNames` of `@gimbal/smoothers`. */
  readonly smoother: string;
  /** How steady, 0 to 1; 0 leaves the clip as it is. */
  readonly strength: number;
  /** Largest fraction of width and height that may be cropped away, 0 to 0.5. */
  readonly maxCrop: number;
  /** `static`: one crop for the shot; `dynamic`: as much as each moment needs. Default: `static` with border `crop`, else `none`. */
  readonly zoom?: 'static' | 'dynamic' | 'none' | undefined;
  /** Outside the picture: `crop` never shows it. */
  readonly border: 'crop' | 'black' | 'replicate' | 'mirror';
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
  /** Interlaced pictures: `auto` one whole picture of each, `fields` one of each field, `off` as they are. */
  readonly deinterlace: Deinterlace;
  readonly codec: VideoCodec;
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

/** What holds where nothing else is said. */
export const DEFAULT_SETTINGS = {
  estimator: 'classical',
  estimatorOptions: {},
  smoother: 'min-acceleration',
  strength: 0.6,
  maxCrop: DEFAULT_MAX_CROP,
  border: 'crop',
  interpolation: 'bilinear',
  tripod: false,
  device: 'auto',
  decoder: 'auto',
  deinterlace: 'auto',
  codec: 'h264',
  timeout: 60,
  compare: false,
  overwrite: false,
} as const satisfies PartialSettings;

/** The optimum of a whole path is none of its pieces; a weighted mean hardly knows the difference. */
const LOOK_AHEAD_SMOOTHER = 'gaussian';

/** Fills in what was left out. */
export function withDefaults(given: PartialSettings): Settings {
  const told = Object.entries(given).filter(([, value]) => value !== undefined);
  const smoother = given.lookAhead === undefined ? DEFAULT_SETTINGS.smoother : LOOK_AHEAD_SMOOTHER;
  return { ...DEFAULT_SETTINGS, smoother, ...Object.fromEntries(told) };
}
