import { GimbalError } from '@gimbal/core';

/** How a mosaic looks and how steady it is. */
export interface MosaicLook {
  /** Parts a side of a cell that are compared with a tile's: 1 sees its colour alone, 5 its drawing; 3 unless told. */
  readonly detail: number;
  /** Cells that one tile may fill at a time. */
  readonly reuse: number;
  /**
   * How much better another tile must be to take a tile's place: squared Oklab distance, summed over 3×3 parts. 0.02 is a difference of
   * 0.047 in every part, two just noticeable ones.
   */
  readonly stay: number;
  /** Frames over which one tile gives way to the next; 0 is at once. */
  readonly fade: number;
  /** How far a tile's colour is moved towards its cell's: 0 not at all, 1 all the way, but never further than `CORRECTION_CAP`. */
  readonly correct: number;
  /** How much of the film shows through: 0 to 1. */
  readonly veil: number;
  /** Of the tiles' colours: 1 as they are. */
  readonly saturation: number;
  /** The largest share by which the tiles' total distance may miss the least possible; 0 asks for the least. */
  readonly gap: number;
}

/** A correction makes a tile at most this many times as bright, or as dark. */
export const CORRECTION_CAP = 1.3;

const NATURAL: MosaicLook = {
  detail: 3,
  reuse: 1,
  stay: 0.02,
  fade: 4,
  correct: 0.35,
  veil: 0,
  saturation: 1,
  gap: 0.001,
};

/** `natural`: photographs stay photographs. `vivid`: stronger colours, closer to the film. */
export const MOSAIC_PRESETS: Readonly<Record<'natural' | 'vivid', MosaicLook>> = {
  natural: NATURAL,
  vivid: { ...NATURAL, saturation: 1.4, correct: 0.6, veil: 0.08 },
};
/** A look by name: `natural` keeps photographs as they are, `vivid` saturates and corrects them more. */
export type MosaicPreset = keyof typeof MOSAIC_PRESETS;

const RANGES: Readonly<Record<keyof MosaicLook, readonly [least: number, most: number, whole: boolean]>> = {
  detail: [1, 5, true],
  reuse: [1, 1_000_000, true],
  stay: [0, 10, false],
  fade: [0, 250, true],
  correct: [0, 1, false],
  veil: [0, 1, false],
  saturation: [0, 4, false],
  gap: [0, 0.5, false],
};

/** A preset with some numbers of one's own. @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`. */
export function mosaicLook(preset: MosaicPreset = 'natural', own: Partial<MosaicLook> = {}): MosaicLook {
  const base = MOSAIC_PRESETS[preset];
  if (base === undefined) {
    const known = Object.keys(MOSAIC_PRESETS).join(' and ');
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `There are the presets ${known}, received '${preset}'.`);
  }
  const look: Record<keyof MosaicLook, number> = { ...base };
  for (const name of Object.keys(RANGES) as (keyof MosaicLook)[]) {
    const value = own[name];
    if (value === undefined) continue;
    const [least, most, whole] = RANGES[name];
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      const kind = whole ? 'a whole number' : 'a number';
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `${name} must be ${kind} from ${least} to ${most}, received ${value}.`,
      );
    }
    look[name] = value;
  }
  return look;
}
