import type { Smoother } from '@gimbal/core';
import { smootherWithinBudget } from './budget/withinBudget.js';
import { localLinear } from './signal/localLinear.js';
import { checkedStrength, type SmootherOptions, strengthToSeconds } from './strength.js';

/** Gaussian weights over time, as a local linear fit so that the ends of a clip stay steady too; bent into the crop budget. */
export function gaussian(options: SmootherOptions = {}): Smoother {
  const sigma = strengthToSeconds(checkedStrength(options));
  return smootherWithinBudget('gaussian', sigma, (path, _budget) => localLinear(path.times, path.parameters, sigma));
}
