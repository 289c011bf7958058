import type { ClipMotion } from '../motion/clipMotion.js';
import type { MotionField } from '../motion/motionField.js';
import type { ReadoutMotion, RollingShutter } from './rollingShutter.js';

/** The motion that a sensor with all rows at once would have seen. */
export interface RectifiedMotion {
  /** From middle row to middle row. */
  readonly steps: readonly MotionField[];
  /** One per frame; `undefined` where nothing is to be corrected. */
  readonly readouts: readonly (ReadoutMotion | undefined)[];
  readonly rollingShutter: RollingShutter;
}

/** A motion as far as it is known, in square pixels. */
export type KnownMotion = Pick<ClipMotion, 'size' | 'times' | 'steps'>;

/** Finds the readout of a rolling shutter in a motion, and what it did to it. */
export interface ShutterModel {
  /** Whether what was found before, by the same model or another, is what this one would find. */
  accepts(found: RollingShutter): boolean;
  /** From the whole motion of a clip. */
  rectify(motion: KnownMotion): RectifiedMotion;
  /** For a motion that is not known to its end: what is learned of the readout is kept from call to call. */
  follow(): ShutterFollower;
}

/** See {@link ShutterModel}. */
export interface ShutterFollower {
  readonly rollingShutter: RollingShutter;
  /** Learns from the steps that were not met before. @param first Number of the first frame. */
  learn(motion: KnownMotion, first: number): void;
  /** One shot, or a part of one, with what was learned. */
  rectify(motion: KnownMotion): Omit<RectifiedMotion, 'rollingShutter'>;
}
