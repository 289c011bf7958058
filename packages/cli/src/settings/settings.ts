// Every setting of `gimbal stabilize`: name, kind of value, default and help.
import type { EstimatorPlugin, SmootherPlugin } from '@gimbal/core';
import {
  DECODER_CHOICES,
  DEFAULT_SETTINGS,
  type PartialSettings as PartialRun,
  parseRegion,
  REGION_FORM,
  type Settings as RunSettings,
  withDefaults,
} from '@gimbal/pipeline';
import { smootherNames } from '@gimbal/smoothers';
import { CONTAINER_NAMES, codecNamed, DEINTERLACE_CHOICES, VIDEO_CODECS, type VideoCodec } from '@gimbal/video';
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
  time,
  type ValueKind,
} from './valueKind.js';

const estimatorReference: ValueKind<string | EstimatorPlugin> = {
  expected: 'an estimator: its name, the path of its file, or the plug-in itself',
  parse(raw) {
    if (typeof raw === 'object' && raw !== null && 'create' in raw && 'meta' in raw) return raw as EstimatorPlugin;
    return text.parse(raw);
  },
};

const codec: ValueKind<VideoCodec> = {
  expected: `one of ${VIDEO_CODECS.join(', ')}`,
  parse: (raw) => (typeof raw === 'string' ? codecNamed(raw) : undefined),
};

const smootherReference: ValueKind<string | SmootherPlugin> = {
  expected: 'a smoother: its name, the path of its file, or the plug-in itself',
  parse(raw) {
    if (typeof raw === 'object' && raw !== null && 'create' in raw && 'meta' in raw) return raw as SmootherPlugin;
    return text.parse(raw);
  },
};

const pluginOptions: ValueKind<Readonly<Record<string, unknown>>> = {
  expected: 'key=value (on the command line), or an object',
  parse: (raw) => (typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? { ...raw } : undefined),
};

const readout: ValueKind<'auto' | 'off' | number> = {
  expected: 'auto, off, or a share of the frame interval from -1.1 to 1.1 such as 0.9',
  parse: (raw) => (raw === 'auto' || raw === 'off' ? raw : number(-1.1, 1.1).parse(raw)),
};

const regions: ValueKind<readonly string[]> = {
  expected: REGION_FORM,
  parse(raw) {
    const list = typeof raw === 'string' ? [raw] : raw;
    const all =
      Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string' && parseRegion(one));
    return all ? (list as string[]) : undefined;
  },
};

/** One thing that a run can be told, on the command line and in a config file alike. */
export interface Setting<T> {
  /** As commander reads it. */
  readonly flags: string;
  readonly description: string;
  readonly kind: ValueKind<T>;
  /** `undefined`: the command decides. */
  readonly fallback?: T;
}

function setting<T>(flags: string, description: string, kind: ValueKind<T>, fallback?: T): Setting<T> {
  return fallback === undefined ? { flags, description, kind } : { flags, description, kind, fallback };
}

/** Every setting of `gimbal stabilize` that a config file may hold too. The key is its name there. */
export const SETTINGS = {
  estimator: setting(
    '--estimator <name|path>',
    'what measures the camera motion',
    estimatorReference,
    DEFAULT_SETTINGS.estimator,
  ),
  estimatorOptions: setting(
    '--estimator-option <key=value>',
    'option of the estimator (repeatable)',
    pluginOptions,
    DEFAULT_SETTINGS.estimatorOptions,
  ),
  mask: setting(
    '--mask <picture>',
    'a picture such as a PNG: motion is followed in its bright parts, the dark ones are left out (a logo, a bonnet, a passer-by)',
    text,
  ),
  region: setting(
    '--region <x,y,w,h>',
    'follow what moves here, in pixels or percent; ignore:x,y,w,h leaves it out (repeatable)',
    regions,
  ),
  smoother: setting(
    '--smoother <name|path>',
    `${smootherNames.join(', ')}, or a plug-in`,
    smootherReference,
    DEFAULT_SETTINGS.smoother,
  ),
  smootherOptions: setting(
    '--smoother-option <key=value>',
    'option of a smoother from outside (repeatable)',
    pluginOptions,
    DEFAULT_SETTINGS.smootherOptions,
  ),
  strength: setting(
    '--strength <0..1>',
    'how steady: 0 leaves the clip as it is',
    number(0, 1),
    DEFAULT_SETTINGS.strength,
  ),
  maxCrop: setting(
    '--max-crop <fraction|%>',
    'most of width and height that may be cropped away',
    fraction(0, 0.5),
    DEFAULT_SETTINGS.maxCrop,
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
    DEFAULT_SETTINGS.border,
  ),
  rollingShutter: setting(
    '--rolling-shutter <auto|off|value>',
    'rows read one after the other: auto measures and corrects it; a value is the share of the frame interval, such as 0.9',
    readout,
    DEFAULT_SETTINGS.rollingShutter,
  ),
  interpolation: setting(
    '--interpolation <kind>',
    'bilinear, bicubic or lanczos3',
    choice(['bilinear', 'bicubic', 'lanczos3']),
    DEFAULT_SETTINGS.interpolation,
  ),
  lookAhead: setting(
    '--look-ahead <seconds>',
    'one pass: knows so much of what comes, not the whole clip; crops all of --max-crop',
    seconds,
  ),
  tripod: setting('--tripod', 'hold the camera still instead of following its motion', flag, DEFAULT_SETTINGS.tripod),
  device: setting('--device <device>', 'auto, cpu, cuda or cuda:N', device, DEFAULT_SETTINGS.device),
  deviceMemory: setting(
    '--device-memory <amount>',
    'most that kept frames may take on a CUDA device, such as 4G (default: half of what is free; 0: decode twice)',
    memory,
  ),
  decoder: setting(
    '--decoder <name>',
    'who decodes for a CUDA device: software (CPU), nvdec (the device, or fail), auto (software with 8 threads or more and a clip that fits, else nvdec)',
    choice(DECODER_CHOICES),
    DEFAULT_SETTINGS.decoder,
  ),
  start: setting('--start <time>', 'stabilize from here on: seconds, or h:mm:ss.ms; picture and sound', time),
  end: setting('--end <time>', 'stabilize up to here', time),
  stream: setting(
    '--stream <index>',
    "which stream of pictures, by FFmpeg's index (default: the largest)",
    integer(0, 10_000),
  ),
  deinterlace: setting(
    '--deinterlace <what>',
    'interlaced pictures: auto (one whole picture of each), fields (one of each field, at twice the rate), off',
    choice(DEINTERLACE_CHOICES),
    DEFAULT_SETTINGS.deinterlace,
  ),
  threads: setting('--threads <n>', 'threads to use (default: all cores)', integer(1, 1024)),
  format: setting(
    '--format <name>',
    `container: ${CONTAINER_NAMES.join(', ')} (default: by the output's extension; matroska on standard output)`,
    choice(CONTAINER_NAMES),
  ),
  codec: setting(
    '--codec <name>',
    `${VIDEO_CODECS.join(', ')}, or what else they are called: hevc, x265, avc (default: h264; h265 for more than 8 bits)`,
    codec,
  ),
  encoder: setting(
    '--encoder <who>',
    'software, nvenc (the encoder of an NVIDIA GPU, or fail), auto (nvenc where there is one)',
    choice(['software', 'nvenc', 'auto']),
    DEFAULT_SETTINGS.encoder,
  ),
  pixelFormat: setting(
    '--pixel-format <name>',
    'how pictures are stored, such as yuv420p, which everything plays (default: as in the clip; yuv420p for RGB, GIF and PNG)',
    text,
  ),
  crf: setting(
    '--crf <n>',
    'constant quality, lower is better (default: 18 for h264, 20 for h265, 26 for av1)',
    number(0, 63),
  ),
  preset: setting('--preset <name>', "the encoder's speed, ultrafast to veryslow (default: medium)", text),
  timeout: setting('--timeout <seconds>', 'longest that one estimate may take', seconds, DEFAULT_SETTINGS.timeout),
  compare: setting('--compare', 'side by side: original left, stabilized right', flag, DEFAULT_SETTINGS.compare),
  evaluate: setting(
    '--evaluate',
    'measure the finished file from its decoded pixels; takes about as long again',
    flag,
    false,
  ),
  overwrite: setting('--overwrite', 'replace an existing output', flag, DEFAULT_SETTINGS.overwrite),
  allowTruncated: setting('--allow-truncated', 'exit 0 although the input is damaged', flag, false),
} as const;

export type SettingName = keyof typeof SETTINGS;

/** What a config file or the command line said. */
export type PartialSettings = PartialRun & {
  readonly evaluate?: boolean | undefined;
  readonly allowTruncated?: boolean | undefined;
};

/** What a command goes by. */
export interface Settings extends RunSettings {
  /** Measure the finished file. */
  readonly evaluate: boolean;
  /** Damaged input is no failure. */
  readonly allowTruncated: boolean;
}

/** The command line wins over the config file, the config file over the defaults. */
export function mergeSettings(flags: PartialSettings, config: PartialSettings): Settings {
  const named = (settings: PartialSettings) =>
    Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const given: PartialSettings = { ...named(config), ...named(flags) };
  const { evaluate = SETTINGS.evaluate.fallback, allowTruncated = SETTINGS.allowTruncated.fallback, ...run } = given;
  return {
    ...withDefaults(run),
    evaluate: evaluate !== false,
    allowTruncated: allowTruncated === true,
    // Options of the estimator add up as long as both speak of the same estimator.
    estimatorOptions: {
      ...((flags.estimator === undefined || flags.estimator === config.estimator) && config.estimatorOptions),
      ...flags.estimatorOptions,
    },
    smootherOptions: {
      ...((flags.smoother === undefined || flags.smoother === config.smoother) && config.smootherOptions),
      ...flags.smootherOptions,
    },
    // A tripod is a smoother of its own: one that is asked for on the command line is not overruled by a file's tripod.
    ...(flags.smoother !== undefined && { tripod: flags.tripod ?? false }),
  };
}
