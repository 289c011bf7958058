import { DEFAULT_MAX_CROP, type EstimatorPlugin } from '@gimbal/core';
import { smootherNames } from '@gimbal/smoothers';
import { VIDEO_CODECS } from '@gimbal/video';
import { DECODER_CHOICES } from './decoderChoice.js';
import {
  choice,
  device,
  flag,
  fraction,
  integer,
  memory,
  number,
  seconds,
  text,
  type ValueKind,
  type ValueOf,
} from './valueKind.js';

const estimatorReference: ValueKind<string | EstimatorPlugin> = {
  expected: 'an estimator: its name, the path of its file, or the plug-in itself',
  parse(raw) {
    if (typeof raw === 'object' && raw !== null && 'create' in raw && 'meta' in raw) return raw as EstimatorPlugin;
    return text.parse(raw);
  },
};

const estimatorOptions: ValueKind<Readonly<Record<string, unknown>>> = {
  expected: 'key=value (on the command line), or an object',
  parse: (raw) => (typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? { ...raw } : undefined),
};

/** One thing that a run can be told, on the command line and in a config file alike. */
export interface Setting<T> {
  /** As commander reads it. */
  readonly flags: string;
  readonly description: string;
  readonly kind: ValueKind<T>;
  /** `undefined`: whoever uses it decides. */
  readonly fallback?: T;
}

function setting<T>(flags: string, description: string, kind: ValueKind<T>, fallback?: T): Setting<T> {
  return fallback === undefined ? { flags, description, kind } : { flags, description, kind, fallback };
}

/** Every setting of `gimbal stabilize` that a config file may hold too. The key is its name there. */
export const SETTINGS = {
  estimator: setting('--estimator <name|path>', 'what measures the camera motion', estimatorReference, 'classical'),
  estimatorOptions: setting(
    '--estimator-option <key=value>',
    'option of the estimator (repeatable)',
    estimatorOptions,
    {},
  ),
  smoother: setting('--smoother <name>', `${smootherNames.join(', ')}; with --look-ahead gaussian`, text, 'l1-optimal'),
  strength: setting('--strength <0..1>', 'how steady: 0 leaves the clip as it is', number(0, 1), 0.6),
  maxCrop: setting(
    '--max-crop <fraction|%>',
    'most of width and height that may be cropped away',
    fraction(0, 0.5),
    DEFAULT_MAX_CROP,
  ),
  zoom: setting(
    '--zoom <mode>',
    'static: one crop (default with --border crop); dynamic: as much as each moment needs; none (default otherwise)',
    choice(['static', 'dynamic', 'none']),
  ),
  border: setting(
    '--border <mode>',
    'outside the picture: crop (never shown), black, replicate, mirror',
    choice(['crop', 'black', 'replicate', 'mirror']),
    'crop',
  ),
  interpolation: setting(
    '--interpolation <kind>',
    'bilinear, bicubic or lanczos3',
    choice(['bilinear', 'bicubic', 'lanczos3']),
    'bilinear',
  ),
  lookAhead: setting(
    '--look-ahead <seconds>',
    'one pass: knows so much of what comes, not the whole clip; crops all of --max-crop',
    seconds,
  ),
  tripod: setting('--tripod', 'hold the camera still instead of following its motion', flag, false),
  device: setting('--device <device>', 'auto, cpu, cuda or cuda:N', device, 'auto'),
  deviceMemory: setting(
    '--device-memory <amount>',
    'most that kept frames may take on a CUDA device, such as 4G (default: half of what is free; 0: decode twice)',
    memory,
  ),
  decoder: setting(
    '--decoder <name>',
    'who decodes for a CUDA device: software (CPU), nvdec (the device, or fail), auto (software with 8 threads or more and a clip that fits, else nvdec)',
    choice(DECODER_CHOICES),
    'auto',
  ),
  threads: setting('--threads <n>', 'threads to use (default: all cores)', integer(1, 1024)),
  codec: setting('--codec <name>', VIDEO_CODECS.join(', '), choice(VIDEO_CODECS), 'h264'),
  crf: setting(
    '--crf <n>',
    'constant quality, lower is better (default: 18 for h264, 20 for h265, 26 for av1)',
    number(0, 63),
  ),
  preset: setting('--preset <name>', "the encoder's speed, ultrafast to veryslow (default: medium)", text),
  timeout: setting('--timeout <seconds>', 'longest that one estimate may take', seconds, 60),
  compare: setting('--compare', 'side by side: original left, stabilized right', flag, false),
  evaluate: setting('--evaluate', 'measure the finished file, its first 900 frames (default)', flag, true),
  overwrite: setting('--overwrite', 'replace an existing output', flag, false),
  allowTruncated: setting('--allow-truncated', 'exit 0 although the input is damaged', flag, false),
} as const;

export type SettingName = keyof typeof SETTINGS;

type KindOf<Name extends SettingName> = (typeof SETTINGS)[Name]['kind'];

/** What a config file or the command line said. */
export type PartialSettings = { readonly [Name in SettingName]?: ValueOf<KindOf<Name>> | undefined };

/** What a run goes by. */
export type Settings = PartialSettings &
  Required<
    Pick<
      { readonly [Name in SettingName]: ValueOf<KindOf<Name>> },
      | 'estimator'
      | 'estimatorOptions'
      | 'smoother'
      | 'strength'
      | 'border'
      | 'interpolation'
      | 'tripod'
      | 'device'
      | 'decoder'
      | 'timeout'
      | 'compare'
      | 'evaluate'
      | 'overwrite'
      | 'allowTruncated'
    >
  >;

/** The command line wins over the config file, the config file over the defaults. */
export function mergeSettings(flags: PartialSettings, config: PartialSettings): Settings {
  const merged: Record<string, unknown> = {};
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    merged[name] = flags[name] ?? config[name] ?? (SETTINGS[name] as Setting<unknown>).fallback;
  }
  // The optimum of a whole path is none of its pieces; a weighted mean hardly knows the difference.
  if (merged.lookAhead !== undefined) merged.smoother = flags.smoother ?? config.smoother ?? 'gaussian';
  // Options of the estimator add up as long as both speak of the same estimator.
  if (flags.estimator === undefined || flags.estimator === config.estimator) {
    merged.estimatorOptions = { ...config.estimatorOptions, ...flags.estimatorOptions };
  } else {
    merged.estimatorOptions = { ...flags.estimatorOptions };
  }
  // A tripod is a smoother of its own: one that is asked for on the command line is not overruled by a file's tripod.
  if (flags.smoother !== undefined) merged.tripod = flags.tripod ?? false;
  return merged as Settings;
}
