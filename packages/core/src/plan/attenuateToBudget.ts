// Enforces the crop budget: attenuates corrections that would leave the frame.
import { parameterRadius, parametersToHomography } from '../geometry/motionParameters.js';
import type { CameraPath } from '../path/cameraPath.js';
import { type CropBudget, distortionLimit, staysInside } from './cropBudget.js';
import { lowerEnvelope } from './lowerEnvelope.js';

/** Seconds over which a correction fades when it has to be pulled back. */
const FADE = 0.5;

/** Halvings of the search for the largest share of a correction that fits; each adds a bit. */
const BISECTIONS = 24;

/** Corrections beyond so many times the parameter radius are not even tried: their exponential may not be finite. */
const ABSURD = 20;

/** For corrections that are tried by the hundred thousand. Nothing between filling and reading them waits. */
const SCALED = new Float64Array(8);
const TRIED = new Float64Array(9);

/**
 * Pulls a smoothed path back towards the camera's until every correction respects the budget, exactly. Where one would leave the frame,
 * all corrections around it are attenuated by a smooth curve, so that the picture glides instead of bumping into the border.
 * Stretch, skew and perspective are attenuated first, on their own; a correction that is not finite becomes none.
 */
export function attenuateToBudget(path: CameraPath, smoothed: CameraPath, budget: CropBudget): CameraPath {
  const limit = distortionLimit(budget);
  // Most paths are within the budget, the second time one is asked for all are: nothing to be made anew then.
  if (isWithin(path, smoothed, budget)) return { ...path, parameters: smoothed.parameters };
  const n = path.times.length;
  const correction = new Float64Array(n * 8);
  for (let t = 0; t < n; t++) {
    for (let i = 0; i < 8; i++) correction[t * 8 + i] = path.parameters[t * 8 + i] - smoothed.parameters[t * 8 + i];
    const own = correction.subarray(t * 8, t * 8 + 8);
    if (!own.every(Number.isFinite)) own.fill(0);
  }
  attenuate(path.times, correction, 4, (own) => shapeAllowance(own, limit));
  attenuate(path.times, correction, 0, (own) => windowAllowance(own, budget));
  for (let t = 0; t < n; t++) {
    const own = correction.subarray(t * 8, t * 8 + 8);
    const allowed = windowAllowance(own, budget);
    if (allowed < 1) for (let i = 0; i < 8; i++) own[i] *= allowed;
  }
  for (let k = 0; k < correction.length; k++) correction[k] = path.parameters[k] - correction[k];
  return { ...path, parameters: correction };
}

/** Whether every correction is finite and respects the budget. */
function isWithin({ times, parameters }: CameraPath, smoothed: CameraPath, budget: CropBudget): boolean {
  const limit = distortionLimit(budget);
  const own = new Float64Array(8);
  for (let t = 0; t < times.length; t++) {
    for (let i = 0; i < 8; i++) own[i] = parameters[t * 8 + i] - smoothed.parameters[t * 8 + i];
    if (!(own.every(Number.isFinite) && shapeAllowance(own, limit) === 1 && fits(own, 1, budget))) return false;
  }
  return true;
}

/** Scales parameters `first`…7 of every frame by a smooth curve that stays below what each frame allows. */
function attenuate(
  times: Float64Array,
  correction: Float64Array,
  first: number,
  allowance: (own: Float64Array) => number,
): void {
  const allowed = new Float64Array(times.length);
  let bound = false;
  for (let t = 0; t < times.length; t++) {
    allowed[t] = allowance(correction.subarray(t * 8, t * 8 + 8));
    if (allowed[t] < 1) bound = true;
  }
  if (!bound) return;
  const factor = lowerEnvelope(times, allowed, FADE);
  for (let t = 0; t < times.length; t++) {
    for (let i = first; i < 8; i++) correction[t * 8 + i] *= factor[t];
  }
}

function shapeAllowance(own: Float64Array, limit: number): number {
  let largest = 0;
  for (let i = 4; i < 8; i++) largest = Math.max(largest, Math.abs(own[i]));
  return largest <= limit ? 1 : limit / largest;
}

/**
 * Largest factor in [0, 1] by which a correction keeps the crop window inside the frame; found by bisection.
 * @param own The eight parameters of the correction.
 */
export function windowAllowance(own: Float64Array, budget: CropBudget): number {
  if (fits(own, 1, budget)) return 1;
  let low = 0;
  let high = 1;
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = (low + high) / 2;
    if (fits(own, middle, budget)) low = middle;
    else high = middle;
  }
  return low;
}

function fits(own: Float64Array, share: number, budget: CropBudget): boolean {
  const limit = ABSURD * parameterRadius(budget.size);
  for (let i = 0; i < 8; i++) {
    SCALED[i] = own[i] * share;
    if (Math.abs(SCALED[i]) > limit) return false;
  }
  return staysInside(parametersToHomography(SCALED, budget.size, TRIED), budget);
}
