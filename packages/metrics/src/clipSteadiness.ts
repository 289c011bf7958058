import type { Size } from '@gimbal/core';
import { cornerJitter } from './cornerJitter.js';
import type { ClipSteadiness } from './evaluation.js';
import { type MotionStep, stepsByShot } from './motionStep.js';
import { isStatic, stabilityScore } from './stabilityScore.js';

/** All that is said of one clip from its frame-to-frame motion, which is given in pixels of `size`, 640 wide. */
export function clipSteadiness(steps: readonly MotionStep[], duplicates: number, size: Size): ClipSteadiness {
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
