import type { Size } from '@gimbal/core';
import { cornerJitter } from '../cornerJitter.js';
import { isStatic, stabilityScore } from '../stabilityScore.js';
import type { TrackedClip } from '../wobble/wobbleMeter.js';
import type { ClipSteadiness } from './evaluation.js';
import { type MotionStep, stepsByShot } from './motionStep.js';

/** What the referee's motion says of a clip; the rest comes from tracks. */
export type MotionSteadiness = Omit<ClipSteadiness, keyof TrackedClip>;

/** All that is said of one clip from its frame-to-frame motion, which is given in pixels of `size`, 640 wide. */
export function clipSteadiness(steps: readonly MotionStep[], duplicates: number, size: Size): MotionSteadiness {
  const shots = stepsByShot(steps);
  return {
    jitter: cornerJitter(steps, size),
    stability: {
      dif2021: stabilityScore(steps, size, 'dif2021'),
      bundledMin: stabilityScore(steps, size, 'bundled-min'),
      pathMin: stabilityScore(steps, size, 'path-min'),
    },
    isStatic: shots.length > 0 && shots.every((shot) => isStatic(shot, size)),
    pairs: steps.length,
    lostPairs: steps.filter((step) => step === 'lost').length,
    cuts: steps.filter((step) => step === 'cut').length,
    duplicates,
  };
}
