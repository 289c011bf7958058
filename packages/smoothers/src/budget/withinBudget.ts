// Makes a smoother of a smoothing that knows no crop budget: where its path leaves the budget, it is bent.
import { attenuateToBudget, type CameraPath, type CropBudget, type Smoother } from '@gimbal/core';
import { checkPath } from '../signal/checkedPath.js';
import { correctionLimits } from './correctionLimits.js';
import { softClampToBudget } from './softClampToBudget.js';

/** How one smoother computes the path it would like best: `times.length × 8` parameters. */
export type FreeSmoothing = (path: CameraPath, budget: CropBudget) => Float64Array;

/** Seconds over which a path bends at the border, as a share of the smoother's own time scale. */
const BEND_SHARE = 0.6;

/**
 * Makes a smoother of a smoothing that knows no budget: where its corrections leave the budget the smooth path is bent, gently, and
 * `attenuateToBudget` guarantees the rest.
 * @param seconds The smoothing's time scale; 0 leaves every path alone.
 */
export function smootherWithinBudget(name: string, seconds: number, smoothing: FreeSmoothing): Smoother {
  return {
    name,
    smooth(path, budget) {
      checkPath(path);
      if (seconds === 0 || path.times.length < 3 || budget.maxCrop === 0) return path;
      const free = smoothing(path, budget);
      const bent = softClampToBudget(path.times, path.parameters, free, correctionLimits(budget), BEND_SHARE * seconds);
      return attenuateToBudget(path, { ...path, parameters: bent }, budget);
    },
  };
}
