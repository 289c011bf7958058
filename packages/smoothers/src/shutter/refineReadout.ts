import { readoutEvidence } from './readoutEvidence.js';
import { readoutRegression } from './readoutRegression.js';
import { ReadoutSpline, type ReadoutSplineOptions } from './readoutSpline.js';
import type { StepSeries } from './stepSeries.js';

/** Largest readout that is believed: a sensor takes no longer than from frame to frame, but for what is measured inexactly. */
export const LONGEST_READOUT = 1.1;
const ROUNDS = 3;
/** Steps of the longest shot that are enough to refine by. */
const ENOUGH = 240;

/**
 * Takes the bias out of a readout that was found by regression, which overrates it where the camera shakes fast: accelerations between frames are
 * underrated there. Steps as this path would have shown them with a readout are put through the same regression; the readout is the
 * one for which that gives what the measured steps gave (indirect inference, Gouriéroux, Monfort and Renault 1993).
 */
export function refineReadout(shots: readonly StepSeries[], options: ReadoutSplineOptions): number {
  const longest = shots.reduce((a, b) => (b.known.length > a.known.length ? b : a));
  const series = longest.known.length > ENOUGH ? middleOf(longest, ENOUGH) : longest;
  const measured = regressed(series, options.axis);
  if (measured === undefined) return options.readout;
  let readout = options.readout;
  for (let round = 0; round < ROUNDS; round++) {
    const shown = regressed(asShown(series, { ...options, readout }), options.axis);
    if (shown === undefined || !(shown / measured > 0)) return options.readout;
    readout = clamped((readout * measured) / shown);
  }
  // What the part says of the bias holds for the whole.
  return clamped((readout / measured) * options.readout);
}

function regressed(series: StepSeries, axis: ReadoutSplineOptions['axis']): number | undefined {
  return readoutRegression(readoutEvidence(series))?.[axis].value;
}

/** The steps as the path that is fitted to them shows them. */
function asShown(series: StepSeries, options: ReadoutSplineOptions): StepSeries {
  const spline = ReadoutSpline.fit(series, options);
  const parameters = series.parameters.slice();
  for (let i = 0; i < series.known.length; i++) {
    if (series.known[i] > 0) spline.predict(i, parameters.subarray(i * 8, i * 8 + 8));
  }
  return { ...series, parameters };
}

function middleOf({ size, moments, parameters, known }: StepSeries, steps: number): StepSeries {
  const from = (known.length - steps) >> 1;
  return {
    size,
    moments: moments.slice(from, from + steps + 1),
    parameters: parameters.slice(from * 8, (from + steps) * 8),
    known: known.slice(from, from + steps),
  };
}

const clamped = (readout: number): number => Math.max(-LONGEST_READOUT, Math.min(LONGEST_READOUT, readout));
