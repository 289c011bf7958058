// Smoother `l1-tv`: straight pans joined by rounded bends, the total variation of the camera's velocity.
import { type CameraPath, PARAMETERS_PER_FRAME, type Smoother } from '@gimbal/core';
import { parameterRadius } from '@gimbal/core/geometry';
import { smootherWithinBudget } from './budget/withinBudget.js';
import { localLinear } from './signal/localLinear.js';
import { tautString } from './signal/tautString.js';
import { checkedStrength, type SmootherOptions, strengthToSeconds } from './strength.js';

const SIZE = PARAMETERS_PER_FRAME;
/** Radius of the tube at full strength, as a fraction of half the frame's diagonal. */
const WIDEST_TUBE = 0.1;
/** Rounding of the string's bends, as a share of the strength's seconds. */
const ROUNDING_SHARE = 0.4;

/**
 * Total variation of the camera's velocity: the path becomes the taut string in a tube about the camera's, straight pans joined by
 * bends, found exactly in one pass; the bends are then rounded. Total variation of the *path* would make it jump from hold to
 * hold; of all paths in the tube the string has the least total variation of velocity.
 */
export function l1Tv(options: SmootherOptions = {}): Smoother {
  const strength = checkedStrength(options);
  const seconds = strengthToSeconds(strength);
  return smootherWithinBudget('l1-tv', seconds, (path, _budget) => {
    const radius = WIDEST_TUBE * strength ** 2 * parameterRadius(path.size);
    return localLinear(path.times, strings(path, radius, seconds), ROUNDING_SHARE * seconds);
  });
}

function strings(path: CameraPath, radius: number, seconds: number): Float64Array {
  const n = path.times.length;
  const result = new Float64Array(n * SIZE);
  // The string is pinned where a local fit sees the ends, so that it does not start and stop on a shake.
  const ends = localLinear(path.times, path.parameters, seconds);
  const lower = new Float64Array(n);
  const upper = new Float64Array(n);
  for (let j = 0; j < SIZE; j++) {
    for (let i = 0; i < n; i++) {
      lower[i] = path.parameters[i * SIZE + j] - radius;
      upper[i] = path.parameters[i * SIZE + j] + radius;
    }
    for (const i of [0, n - 1]) {
      lower[i] = Math.min(upper[i], Math.max(lower[i], ends[i * SIZE + j]));
      upper[i] = lower[i];
    }
    const string = tautString(path.times, lower, upper);
    for (let i = 0; i < n; i++) result[i * SIZE + j] = string[i];
  }
  return result;
}
