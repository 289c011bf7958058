import { ReadoutSpline, type ReadoutSplineOptions } from './readoutSpline.js';
import type { StepSeries } from './stepSeries.js';

/** Largest readout that is believed: a sensor takes no longer than from frame to frame, but for what is measured inexactly. */
export const LONGEST_READOUT = 1.1;
const REACH = 0.3;
/** Steps of the longest shot that are enough to refine by. */
const ENOUGH = 240;

/** The readout for which the path explains the steps best, near a first estimate: the regression overrates it where the camera shakes fast. */
export function refineReadout(shots: readonly StepSeries[], options: ReadoutSplineOptions): number {
  const longest = shots.reduce((a, b) => (b.known.length > a.known.length ? b : a));
  const series = longest.known.length > ENOUGH ? part(longest, ENOUGH) : longest;
  const costs = new Map<number, number>();
  const cost = (readout: number): number => {
    const known = costs.get(readout);
    if (known !== undefined) return known;
    const { cost } = ReadoutSpline.fit(series, { ...options, readout });
    costs.set(readout, cost);
    return cost;
  };
  let best = options.readout;
  for (const step of [REACH, REACH / 2, REACH / 4, REACH / 10]) {
    const tried = [best - step, best, best + step].filter((readout) => Math.abs(readout) <= LONGEST_READOUT);
    let lowest = Number.POSITIVE_INFINITY;
    let next = best;
    for (const readout of tried) {
      const own = cost(readout);
      if (own < lowest) [lowest, next] = [own, readout];
    }
    best = next;
  }
  // The lowest point of the parabola through the best and its neighbours.
  const h = REACH / 10;
  const [before, here, after] = [cost(best - h), cost(best), cost(best + h)];
  const curvature = before - 2 * here + after;
  const shift = curvature > 0 ? Math.max(-1, Math.min(1, (before - after) / (2 * curvature))) : 0;
  return Math.max(-LONGEST_READOUT, Math.min(LONGEST_READOUT, best + h * shift));
}

/** The middle of a stretch. */
function part({ size, moments, parameters, known }: StepSeries, steps: number): StepSeries {
  const from = (known.length - steps) >> 1;
  return {
    size,
    moments: moments.slice(from, from + steps + 1),
    parameters: parameters.slice(from * 8, (from + steps) * 8),
    known: known.slice(from, from + steps),
  };
}
