// The stability score in the variants that papers have published.
import type { Size } from '@gimbal/core';
import { homographyToParameters } from '@gimbal/core/geometry';
import { accumulatedPath } from './accumulatedPath.js';
import { cornerDisplacement } from './cornerJitter.js';
import { isMeasured, type MotionStep, stepsByShot } from './evaluate/motionStep.js';
import { lowFrequencyShare, SHORTEST_SIGNAL } from './lowFrequencyShare.js';

/**
 * - `dif2021`: the code of DIFRINT as corrected in 2021, which later papers copied: steps multiplied on the right, length of the
 *   translation and angle of the rotation, mean of the two shares.
 * - `bundled-min`: the text of "Bundled Camera Paths" (Liu et al., 2013): the path of the picture (steps multiplied on the left), the
 *   smaller of the two shares.
 * - `path-min`: ours. Like `bundled-min`, on the running sum of the steps' logarithms (as in `CameraPath`) instead of their product:
 *   translation of the frame's centre, both components' energies together, and rotation. It has an answer for every moving clip.
 */
export type StabilityDefinition = 'dif2021' | 'bundled-min' | 'path-min';

/** An answer, or why there is none. */
export type StabilityScore =
  | {
      readonly status: 'measured';
      /** 0 (all motion is fast) to 1 (all motion is slow). */
      readonly score: number;
      /** Share of slow motion in the translation and in the rotation; `undefined` where there is none at all. */
      readonly translation: number | undefined;
      readonly rotation: number | undefined;
    }
  /** The camera does not move: the score would be 0/0. */
  | { readonly status: 'static' }
  /** Fewer steps than the spectrum needs. */
  | { readonly status: 'too-short' }
  /**
   * Small perspective errors added up until the product of the homographies folded: its translation jumps by more than a frame's
   * width in one step. The published definition has no answer for this clip.
   */
  | { readonly status: 'diverged' };

/** Pixels that a still camera's corners may seem to stray over a whole shot. */
const STILL_STRAY = 0.5;
/** Of a still camera's measurement noise: pixels per step, and how far such steps can wander (times the root of their number). */
const STILL_STEP = 0.05;
const STILL_WALK = 0.15;

/**
 * Stability of a clip: the share of the camera path's energy in the 2nd to 6th bins of its spectrum (all but the mean being the
 * whole). A clip with cuts is judged shot by shot; the scores are averaged, weighted with the shots' lengths. Give the homographies at
 * 640 pixels width: what counts as static is judged in those pixels.
 */
export function stabilityScore(
  steps: readonly MotionStep[],
  size: Size,
  definition: StabilityDefinition,
): StabilityScore {
  const answers = stepsByShot(steps).map((shot) => ({
    weight: shot.length,
    answer: shotStability(shot, size, definition),
  }));
  const statuses = answers.map(({ answer }) => answer.status);
  if (statuses.includes('diverged')) return { status: 'diverged' };
  const average = (
    pick: (answer: StabilityScore & { status: 'measured' }) => number | undefined,
  ): number | undefined => {
    let sum = 0;
    let weights = 0;
    for (const { weight, answer } of answers) {
      const value = answer.status === 'measured' ? pick(answer) : undefined;
      if (value === undefined) continue;
      sum += weight * value;
      weights += weight;
    }
    return weights > 0 ? sum / weights : undefined;
  };
  const score = average((answer) => answer.score);
  if (score === undefined) return { status: statuses.includes('static') ? 'static' : 'too-short' };
  return {
    status: 'measured',
    score,
    translation: average((answer) => answer.translation),
    rotation: average((answer) => answer.rotation),
  };
}

function shotStability(
  shot: readonly Exclude<MotionStep, 'cut'>[],
  size: Size,
  definition: StabilityDefinition,
): StabilityScore {
  if (shot.length < SHORTEST_SIGNAL) return { status: 'too-short' };
  if (isStatic(shot, size)) return { status: 'static' };
  const signals = definition === 'path-min' ? summedSignals(shot, size) : productSignals(shot, size, definition);
  if (signals === undefined) return { status: 'diverged' };
  const translation = lowFrequencyShare(...signals.translation);
  const rotation = lowFrequencyShare(signals.rotation);
  const shares = [translation, rotation].filter((share) => share !== undefined);
  if (shares.length === 0) return { status: 'static' };
  const score = definition === 'dif2021' ? shares.reduce((a, b) => a + b) / shares.length : Math.min(...shares);
  return { status: 'measured', score, translation, rotation };
}

interface PathSignals {
  /** Components whose energies add up. */
  readonly translation: readonly number[][];
  readonly rotation: readonly number[];
}

function productSignals(
  shot: readonly Exclude<MotionStep, 'cut'>[],
  size: Size,
  definition: 'dif2021' | 'bundled-min',
): PathSignals | undefined {
  const path = accumulatedPath(shot, definition === 'dif2021' ? 'right' : 'left');
  const lengths = path.map((h) => Math.hypot(h[2], h[5]));
  const folds = lengths.some((length, i) => !(Math.abs(length - (i > 0 ? lengths[i - 1] : 0)) <= size.width));
  return folds ? undefined : { translation: [lengths], rotation: path.map((h) => Math.atan2(h[3], h[0])) };
}

function summedSignals(shot: readonly Exclude<MotionStep, 'cut'>[], size: Size): PathSignals {
  const signals: [number[], number[], number[]] = [[], [], []];
  const sum = [0, 0, 0];
  let last: ArrayLike<number> = [0, 0, 0];
  for (const step of shot) {
    if (isMeasured(step)) last = homographyToParameters(step, size) ?? last;
    for (let k = 0; k < 3; k++) {
      sum[k] += last[k];
      signals[k].push(sum[k]);
    }
  }
  return { translation: [signals[0], signals[1]], rotation: signals[2] };
}

/** Whether the corners stay where they are, up to what a measurement's noise adds up to. */
export function isStatic(shot: readonly MotionStep[], size: Size): boolean {
  const steps = shot.filter((step) => step !== 'cut');
  const path = accumulatedPath(steps, 'left');
  let stray = 0;
  for (const h of path) stray = Math.max(stray, largest(cornerDisplacement(h, size)));
  if (stray <= STILL_STRAY) return true;
  let step = 0;
  for (const h of steps) if (isMeasured(h)) step += largest(cornerDisplacement(h, size)) ** 2 / steps.length;
  return Math.sqrt(step) <= STILL_STEP && stray <= STILL_WALK * Math.sqrt(steps.length);
}

function largest(displacement: Float64Array | undefined): number {
  if (displacement === undefined) return Number.POSITIVE_INFINITY;
  let max = 0;
  for (let k = 0; k < displacement.length; k += 2)
    max = Math.max(max, Math.hypot(displacement[k], displacement[k + 1]));
  return max;
}
