import type { Homography, Size } from '@gimbal/core';
import { applyHomography, frameCorners } from '@gimbal/core/geometry';
import { isMeasured, type MotionStep } from './evaluate/motionStep.js';
import { quantile } from './quantile.js';

/** Shakiness that no wanted camera motion hides: how abruptly the picture's corners change their speed. */
export type CornerJitter =
  | {
      readonly status: 'measured';
      /** Median over frames, pixels. */
      readonly median: number;
      /** Root mean square over frames, pixels. */
      readonly rms: number;
    }
  /** No two measured steps follow each other. */
  | { readonly status: 'too-short' };

/**
 * Second difference of the four corners' positions along the camera path, that is, the change of their displacement from one pair of
 * frames to the next. Per frame the root mean square over the corners' eight coordinates, then the median and the root mean square
 * over frames. Give the homographies at 640 pixels width to compare with other clips. Cuts and lost pairs break the run and are
 * not counted.
 */
export function cornerJitter(steps: readonly MotionStep[], size: Size): CornerJitter {
  const measured = jitterPerFrame(steps, size).filter((value) => value !== undefined);
  if (measured.length === 0) return { status: 'too-short' };
  const rms = Math.sqrt(measured.reduce((sum, value) => sum + value * value, 0) / measured.length);
  return { status: 'measured', median: quantile(measured, 0.5), rms };
}

/** One value in pixels for each pair of consecutive steps; `undefined` where a cut or a lost pair breaks the run. */
export function jitterPerFrame(steps: readonly MotionStep[], size: Size): (number | undefined)[] {
  const moves = steps.map((step) => (isMeasured(step) ? cornerDisplacement(step, size) : undefined));
  return moves.slice(1).map((move, i) => {
    const before = moves[i];
    return move && before ? rootMeanSquare(move, before) : undefined;
  });
}

/** How far a homography moves the frame's corners: x and y for each of four; `undefined` when one goes to infinity. */
export function cornerDisplacement(h: Homography, size: Size): Float64Array | undefined {
  const corners = frameCorners(size);
  const out = new Float64Array(8);
  for (let k = 0; k < 8; k += 2) {
    const [x, y] = applyHomography(h, corners[k], corners[k + 1]);
    out[k] = x - corners[k];
    out[k + 1] = y - corners[k + 1];
  }
  return out.every(Number.isFinite) ? out : undefined;
}

function rootMeanSquare(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum / a.length);
}
