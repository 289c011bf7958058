/** Side of a patch in pixels. */
export const PATCH = 128;

/** Size of the photo that patches are cut from. */
export const PHOTO = { width: 320, height: 240 } as const;

/** Largest corner offset in pixels, each axis. */
export const MOTIONS = [32, 8, 2] as const;

/** What is done to a pair besides the motion; the strengths stand where each is made. */
export const CONDITIONS = [
  'clean',
  'photometric',
  'blur',
  'lowlight',
  'occluder10',
  'occluder20',
  'occluder40',
  'parallax',
] as const;

export type Condition = (typeof CONDITIONS)[number];

/** Pairs of one condition and one range of motion: one line of the table. */
export interface Bin {
  /** Such as `occluder20-8`. */
  readonly name: string;
  readonly condition: Condition;
  /** Largest corner offset in pixels, each axis. */
  readonly motion: number;
  /** How many pairs the list holds. */
  readonly pairs: number;
}

/** All bins, in the order of the list. */
export const BINS: readonly Bin[] = CONDITIONS.flatMap((condition) =>
  MOTIONS.map((motion) => ({
    name: `${condition}-${motion}`,
    condition,
    motion,
    pairs: condition === 'clean' ? 1000 : 500,
  })),
);
