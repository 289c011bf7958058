// Between which speeds a steady camera would have stayed, step by step.
import { type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { localLinear } from '../signal/localLinear.js';

const SIZE = PARAMETERS_PER_FRAME;
/** Each smoothing is so much shorter than the one before it that left the budget. */
const SHRINK = Math.SQRT1_2;
/** Frames to a standard deviation below which a Gaussian smooths next to nothing. */
const SHORTEST = 1.5;

/** Per step from one frame to the next and per parameter the speeds, in units per second, between which a steady camera stays. */
export interface SpeedRange {
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/**
 * The speeds that a path takes about each instant once its shake is smoothed away. Smoothing is by the longest Gaussian, up to `sigma`, whose
 * corrections keep the budget there; a Gaussian never overshoots, so a camera that stays between these speeds neither does, and stands
 * where the camera stood for longer than `reach`.
 * @param limits Of the constraints, in the path's units. @param reach Seconds before and after an instant that count as being about it.
 */
export function speedRange(
  times: Float64Array,
  path: Float64Array,
  { constraints, limits }: { readonly constraints: BudgetConstraints; readonly limits: Float64Array },
  { sigma, reach }: { readonly sigma: number; readonly reach: number },
): SpeedRange {
  const steps = times.length - 1;
  const least = new Float64Array(steps * SIZE).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(steps * SIZE).fill(Number.NEGATIVE_INFINITY);
  const settled = new Uint8Array(times.length);
  const shortest = (SHORTEST * (times[steps] - times[0])) / times.length;
  for (let width = sigma, open = true; open; width *= SHRINK) {
    const last = width <= shortest;
    const smooth = localLinear(times, path, width);
    const outside = last ? settled : nearby(times, leavesBudget(path, smooth, constraints, limits), reach);
    open = false;
    for (let i = 0; i < times.length; i++) {
      if (settled[i]) continue;
      if (!last && outside[i]) {
        open = true;
        continue;
      }
      settled[i] = 1;
      // A step belongs to the frames at both its ends.
      if (i > 0) widen(least, most, times, smooth, i - 1, reach);
      if (i < steps) widen(least, most, times, smooth, i, reach);
    }
  }
  return { least, most };
}

/** Widens the range of step `at` by the speeds of a smooth path within reach of it. */
function widen(
  least: Float64Array,
  most: Float64Array,
  times: Float64Array,
  smooth: Float64Array,
  at: number,
  reach: number,
): void {
  const steps = times.length - 1;
  let from = at;
  let to = at;
  while (from > 0 && times[at] - times[from - 1] <= reach) from--;
  while (to + 1 < steps && times[to + 1] - times[at] <= reach) to++;
  for (let k = from; k <= to; k++) {
    const elapsed = times[k + 1] - times[k];
    for (let j = 0; j < SIZE; j++) {
      const speed = (smooth[(k + 1) * SIZE + j] - smooth[k * SIZE + j]) / elapsed;
      least[at * SIZE + j] = Math.min(least[at * SIZE + j], speed);
      most[at * SIZE + j] = Math.max(most[at * SIZE + j], speed);
    }
  }
}

/** Per frame whether its correction breaks one of the constraints. */
function leavesBudget(
  path: Float64Array,
  smooth: Float64Array,
  { rows, coefficients }: BudgetConstraints,
  limits: Float64Array,
): Uint8Array {
  return Uint8Array.from({ length: path.length / SIZE }, (_, i) => {
    for (let r = 0; r < rows; r++) {
      let value = -limits[r];
      for (let j = 0; j < SIZE; j++) value += coefficients[r * SIZE + j] * (path[i * SIZE + j] - smooth[i * SIZE + j]);
      if (value > 0) return 1;
    }
    return 0;
  });
}

/** Per frame whether one of those within reach is marked. */
function nearby(times: Float64Array, marked: Uint8Array, reach: number): Uint8Array {
  const near = new Uint8Array(times.length);
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < times.length; i++) {
    if (marked[i]) last = times[i];
    if (times[i] - last <= reach) near[i] = 1;
  }
  last = Number.POSITIVE_INFINITY;
  for (let i = times.length - 1; i >= 0; i--) {
    if (marked[i]) last = times[i];
    if (last - times[i] <= reach) near[i] = 1;
  }
  return near;
}
