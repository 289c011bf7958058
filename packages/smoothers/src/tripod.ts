// Smoother `tripod`: the view stands still through each shot.
import { PARAMETERS_PER_FRAME, type Smoother } from '@gimbal/core';
import { smootherWithinBudget } from './budget/withinBudget.js';

/** Seconds over which the view gives way where the camera went further than the crop budget reaches. */
const GIVING_WAY = 4;

/**
 * Holds the view still through each shot, as a tripod would: every parameter rests halfway between its extremes, which asks for the
 * smallest crop. Where the camera wandered out of reach the view follows, slowly. For clips in which the camera was meant to stand.
 */
export function tripod(): Smoother {
  return smootherWithinBudget('tripod', GIVING_WAY, (path) => {
    const middle = new Float64Array(PARAMETERS_PER_FRAME);
    for (let i = 0; i < PARAMETERS_PER_FRAME; i++) {
      let least = Number.POSITIVE_INFINITY;
      let most = Number.NEGATIVE_INFINITY;
      for (let k = i; k < path.parameters.length; k += PARAMETERS_PER_FRAME) {
        least = Math.min(least, path.parameters[k]);
        most = Math.max(most, path.parameters[k]);
      }
      middle[i] = (least + most) / 2;
    }
    return path.parameters.map((_, i) => middle[i % PARAMETERS_PER_FRAME]);
  });
}
