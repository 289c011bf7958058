import { ReadoutSpline, type ReadoutSplineOptions } from './readoutSpline.js';
import type { StepSeries } from './stepSeries.js';

/** Share of the steps that must be explained better, and the most that may remain of their median. */
const BETTER = 0.6;
const REMAINS = 0.98;
/** Reference pixels at the parameter radius by which stretch and skew must come nearer: less is not seen, and the second measurement may lose it. */
export const LEAST_GAIN = 0.5;
const FOLDS = 2;

/**
 * Whether the readout explains what it was not measured on: the stretch and skew of every other step are left out, predicted from the
 * path of the others, and compared with the prediction of a camera without readout, which is none.
 */
export function heldOutGain(shots: readonly StepSeries[], options: ReadoutSplineOptions): boolean {
  const without: number[] = [];
  const remains: number[] = [];
  const predicted = new Float64Array(8);
  for (const series of shots) {
    if (series.known.every((known) => known < 2)) continue;
    const usual = [4, 5].map((k) =>
      median(
        Array.from(series.known, (known, i) => (known === 2 ? series.parameters[i * 8 + k] : Number.NaN)).filter(
          Number.isFinite,
        ),
      ),
    );
    for (let fold = 0; fold < FOLDS; fold++) {
      const held = (step: number) => step % FOLDS === fold;
      const spline = ReadoutSpline.fit(series, { ...options, held });
      for (let i = fold; i < series.known.length; i += FOLDS) {
        if (series.known[i] < 2) continue;
        spline.predict(i, predicted);
        const off = [4, 5].map((k) => series.parameters[i * 8 + k] - usual[k - 4]);
        without.push(Math.hypot(off[0], off[1]));
        remains.push(Math.hypot(off[0] - predicted[4], off[1] - predicted[5]));
      }
    }
  }
  if (without.length === 0) return false;
  const better = without.filter((own, i) => remains[i] < own).length / without.length;
  const [before, after] = [median(without), median(remains)];
  return better >= BETTER && after <= REMAINS * before && before - after >= LEAST_GAIN;
}

function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return values.slice().sort((a, b) => a - b)[values.length >> 1];
}
