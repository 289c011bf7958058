// Smoother `kalman-rts`: a constant-velocity Kalman filter, run forward and backward.
import type { Smoother } from '@gimbal/core';
import { smootherWithinBudget } from './budget/withinBudget.js';
import { rtsSmoothing } from './signal/rtsSmoothing.js';
import { checkedStrength, type SmootherOptions, strengthToSeconds } from './strength.js';

/** A Gaussian of standard deviation σ halves ω = √(2 ln 2) / σ, this smoother ω = 1 / tau. */
const TAU_PER_SIGMA = 1 / Math.sqrt(2 * Math.LN2);

/**
 * Constant-velocity Kalman filter with Rauch-Tung-Striebel smoothing; frames of low confidence count less. Bent into the crop budget.
 */
export function kalmanRts(options: SmootherOptions = {}): Smoother {
  const sigma = strengthToSeconds(checkedStrength(options));
  return smootherWithinBudget('kalman-rts', sigma, (path, _budget) =>
    rtsSmoothing(path.times, path.parameters, path.confidence, sigma * TAU_PER_SIGMA),
  );
}
