import { GimbalError, type MotionField, type Size, shotsOf } from '@gimbal/core';
import { parameterRadius, parametersToHomography } from '@gimbal/core/geometry';
import type { KnownMotion, ReadoutMotion, RollingShutter, ShutterFollower, ShutterModel } from '@gimbal/core/shutter';
import { heldOutGain, LEAST_GAIN } from './heldOutGain.js';
import { perspectiveOf } from './perspectiveOf.js';
import { type ReadoutEvidence, readoutEvidence } from './readoutEvidence.js';
import { type ReadoutRegression, readoutRegression } from './readoutRegression.js';
import { ReadoutSpline, type ReadoutSplineOptions } from './readoutSpline.js';
import { LONGEST_READOUT, refineReadout } from './refineReadout.js';
import { frameInterval, REFERENCE_WIDTH, type StepSeries, stepSeries } from './stepSeries.js';

/** How {@link rollingShutter} works. */
export interface RollingShutterOptions {
  /** The readout where it is known, as a share of the frame interval, see RollingShutter; `auto`, the default, measures it. */
  readonly readout?: 'auto' | number | undefined;
}

/** Standard deviations by which a readout must differ from none, and the least that is worth correcting. */
const SIGNIFICANT = 5;
const LEAST = 0.1;
/** What motion along x and motion along y say may differ by so much of the larger one. */
const AGREEMENT = 0.4;
/** Noise of a step's stretch and skew is not below this, in reference pixels at the parameter radius. */
const LEAST_SHAPE_SIGMA = 0.03;
/** Robust scale of what shear and stretch are off by, reference pixels over the height, up to which a motion is corrected from itself alone. */
const MOST_ROUGH = 1;
/** Evidence that is kept of a clip whose end is not known. */
const MOST_EVIDENCE = 900;

/** Estimators see more in the middle of a picture than near its edges, from which things leave it: mean and deviation along the readout. */
const MEASURED = [0, 0.35] as const;

const PHRASES = {
  short: 'too few steps to measure a readout',
  none: 'no readout was found',
  small: 'the readout moves the rows too little to matter',
  apart: 'motion along x and along y disagree about the readout',
  rough: 'the rows moved too differently to be corrected in one pass',
  held: 'the readout explains too little of the steps that it was not measured on',
} as const;

/**
 * Finds and undoes what a sensor that is read row by row does to motion, from the motion alone: the homographies of a rolling shutter shear and
 * stretch in proportion to the camera's acceleration. No calibration, no gyroscope.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a readout beyond ±1.1.
 */
export function rollingShutter({ readout = 'auto' }: RollingShutterOptions = {}): ShutterModel {
  if (readout !== 'auto' && !(Math.abs(readout) <= LONGEST_READOUT)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The readout of a rolling shutter is a share of the time from frame to frame between -${LONGEST_READOUT} and ${LONGEST_READOUT}, received ${readout}.`,
    );
  }
  return {
    accepts: (found) => readout === 'auto' || (readout === found.readout && found.corrected > 0),
    rectify(motion) {
      const interval = frameInterval(motion.times);
      const shots = shotsOf({ ...motion, estimator: '' });
      const series = shots.map((shot) => seriesOf(motion, shot.start, shot.end, interval));
      const found = measured(series, series.flatMap(readoutEvidence), readout);
      const steps = motion.steps.slice();
      const readouts = new Array<ReadoutMotion | undefined>(motion.times.length).fill(undefined);
      if (found.options !== undefined) {
        for (const [k, shot] of shots.entries()) {
          const own = rectified(motion, shot.start, series[k], found.options);
          for (const [i, step] of own.steps.entries()) steps[shot.start + i] = step;
          for (const [i, one] of own.readouts.entries()) readouts[shot.start + i] = one;
        }
      }
      const corrected = readouts.reduce((sum, one) => sum + (one === undefined ? 0 : 1), 0);
      return { steps, readouts, rollingShutter: { ...found.rollingShutter, corrected } };
    },
    follow: () => follower(readout),
  };
}

function follower(readout: 'auto' | number): ShutterFollower {
  const evidence: ReadoutEvidence[] = [];
  let interval: number | undefined;
  let met = 0;
  let corrected = 0;
  let known: { readonly options?: ReadoutSplineOptions | undefined; readonly rollingShutter: RollingShutter } = {
    rollingShutter: { readout: 0, uncertainty: 0, axis: 'rows', corrected: 0, reason: PHRASES.short },
  };
  return {
    get rollingShutter() {
      return { ...known.rollingShutter, corrected };
    },
    learn(motion, first) {
      interval ??= frameInterval(motion.times);
      // The stretch that is known overlaps with what was known before.
      const from = Math.max(0, met - first - 2 * 2 - 1);
      for (const shot of shotsOf({ ...motion, estimator: '' })) {
        const start = Math.max(shot.start, from);
        if (shot.end - start < 2) continue;
        evidence.push(...readoutEvidence(seriesOf(motion, start, shot.end, interval)));
      }
      met = first + motion.times.length;
      evidence.splice(0, Math.max(0, evidence.length - MOST_EVIDENCE));
    },
    rectify(motion) {
      interval ??= frameInterval(motion.times);
      const series = seriesOf(motion, 0, motion.times.length, interval);
      known = measured([series], evidence, readout, true);
      if (known.options === undefined)
        return { steps: motion.steps, readouts: motion.steps.map(() => undefined).concat([undefined]) };
      const made = rectified(motion, 0, series, known.options);
      corrected++;
      return made;
    },
  };
}

function seriesOf({ size, times, steps }: KnownMotion, start: number, end: number, interval: number): StepSeries {
  return stepSeries({ size, times: times.slice(start, end), steps: steps.slice(start, end - 1) }, interval);
}

/** The readout, and how to correct for it where that is to be done. */
function measured(
  shots: readonly StepSeries[],
  evidence: readonly ReadoutEvidence[],
  told: 'auto' | number,
  online = false,
): { readonly options?: ReadoutSplineOptions | undefined; readonly rollingShutter: RollingShutter } {
  const regression = readoutRegression(evidence);
  const { size } = shots[0];
  const shapeSigma = (which: number) =>
    Math.max(LEAST_SHAPE_SIGMA, ((regression?.residual[which] ?? 1) * parameterRadius(size)) / (2 * size.height));
  const sigmas = [shapeSigma(1), shapeSigma(0)] as const;
  const perspective = perspectiveOf(shots);
  if (told !== 'auto') {
    const options = { readout: told, axis: 'rows', perspective, profile: MEASURED, shapeSigma: sigmas } as const;
    const rollingShutter = { readout: told, uncertainty: 0, axis: 'rows', corrected: 0 } as const;
    return { rollingShutter, options: told === 0 ? undefined : options };
  }
  if (regression === undefined) {
    return { rollingShutter: { readout: 0, uncertainty: 0, axis: 'rows', corrected: 0, reason: PHRASES.short } };
  }
  const { rows, columns } = regression;
  const axis = Math.abs(rows.value) / rows.sigma >= Math.abs(columns.value) / columns.sigma ? 'rows' : 'columns';
  const slope = axis === 'rows' ? rows : columns;
  const without = (reason: string) => ({
    rollingShutter: { readout: slope.value, uncertainty: slope.sigma, axis, corrected: 0, reason } as const,
  });
  const problem = doubtful(slope.value, slope.sigma, regression);
  if (problem !== undefined) return without(problem);
  // Without a second look at the pictures the steps of the middle rows are as inexact as these are.
  if (online && Math.max(...regression.residual) > MOST_ROUGH) return without(PHRASES.rough);
  if (online && usualShape(evidence, slope.value, size) < LEAST_GAIN) return without(PHRASES.small);
  const options = { readout: clamped(slope.value), axis, perspective, profile: MEASURED, shapeSigma: sigmas } as const;
  const readout = refineReadout(shots, options);
  const refined = { ...options, readout };
  const uncertainty = Math.max(slope.sigma, Math.abs(slope.value - readout) / 4);
  const found = { readout, uncertainty, axis, corrected: 0 } as const;
  if (!online && !heldOutGain(shots, refined)) return { rollingShutter: { ...found, reason: PHRASES.held } };
  return { rollingShutter: found, options: refined };
}

function doubtful(readout: number, sigma: number, { alone: [x, y] }: ReadoutRegression): string | undefined {
  if (!(Math.abs(readout) > SIGNIFICANT * sigma)) return PHRASES.none;
  if (!(Math.abs(readout) > LEAST)) return PHRASES.small;
  const apart = Math.abs(x.value - y.value);
  // One of them may hardly be shaken: then it says nothing against the other.
  const unsure = 2 * Math.hypot(x.sigma, y.sigma);
  const agree = apart <= AGREEMENT * Math.max(Math.abs(x.value), Math.abs(y.value)) || apart <= unsure;
  return agree ? undefined : PHRASES.apart;
}

/** Stretch and skew that a readout makes of a clip's usual acceleration, in reference pixels at the parameter radius. */
function usualShape(evidence: readonly ReadoutEvidence[], readout: number, size: Size): number {
  const accelerations = evidence
    .map(({ accelerationX, accelerationY }) => Math.hypot(accelerationX, accelerationY))
    .sort((a, b) => a - b);
  return (Math.abs(readout) * accelerations[accelerations.length >> 1] * parameterRadius(size)) / (2 * size.height);
}

const clamped = (readout: number): number => Math.max(-LONGEST_READOUT, Math.min(LONGEST_READOUT, readout));

/** One shot: what the readout added is taken out of each step, and the rest is left as it was measured. */
function rectified(
  { size, steps }: KnownMotion,
  start: number,
  series: StepSeries,
  options: ReadoutSplineOptions,
): { readonly steps: readonly MotionField[]; readonly readouts: readonly (ReadoutMotion | undefined)[] } {
  if (series.known.every((known) => known === 0)) {
    return {
      steps: steps.slice(start, start + series.known.length),
      readouts: series.moments.length === 0 ? [] : Array.from(series.moments, () => undefined),
    };
  }
  const spline = ReadoutSpline.fit(series, options);
  const scale = size.width / REFERENCE_WIDTH;
  const [seen, middle] = [new Float64Array(8), new Float64Array(8)];
  const own = Array.from(series.known, (known, i): MotionField => {
    const step = steps[start + i];
    if (known === 0) return step;
    spline.predict(i, seen);
    spline.between(series.moments[i], series.moments[i + 1], middle);
    const parameters = Float64Array.from(
      seen,
      (value, k) => (series.parameters[i * 8 + k] - value + middle[k]) * scale,
    );
    return { ...step, rows: 1, cols: 1, homographies: parametersToHomography(parameters, size) };
  });
  const readouts = Array.from(series.moments, (moment) => spline.readoutMotion(moment).map((value) => value * scale));
  return { steps: own, readouts };
}
