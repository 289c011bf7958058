import { GimbalError } from '../errors.js';
import type { Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';
import { parameterFields, parameterRadius } from '../geometry/motionParameters.js';

/**
 * How far a correction may go. The output shows a window of the frame that is `1 − maxCrop` of its width and height; no corner of
 * that window may leave the frame, and no correction may bend the picture out of its shape by more than `maxDistortion`.
 */
export interface CropBudget {
  /** The frame in square pixels: its width need not be whole. */
  readonly size: Size;
  /** Fraction of width and height that may be given up: 0 (nothing) to just under 1. */
  readonly maxCrop: number;
  /** Largest deviation from 1 of the ratio of the two singular values of a correction's linear part. */
  readonly maxDistortion: number;
}

/**
 * Makes a checked crop budget.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a fraction outside [0, 1) or a negative distortion.
 */
export function cropBudget(size: Size, maxCrop: number, maxDistortion = 0.02): CropBudget {
  if (!(maxCrop >= 0 && maxCrop < 1)) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `The crop budget must lie in [0, 1), received ${maxCrop}.`);
  }
  if (!(maxDistortion >= 0)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The distortion budget must not be negative, received ${maxDistortion}.`,
    );
  }
  return { size, maxCrop, maxDistortion };
}

/** Corners of the crop window, in pixels: four x, y pairs, clockwise from the top left. */
export function cropWindowCorners(budget: CropBudget): Float64Array {
  const cx = (budget.size.width - 1) / 2;
  const cy = (budget.size.height - 1) / 2;
  const hx = cx * (1 - budget.maxCrop);
  const hy = cy * (1 - budget.maxCrop);
  return Float64Array.of(cx - hx, cy - hy, cx + hx, cy - hy, cx + hx, cy + hy, cx - hx, cy + hy);
}

/** Bound on each of stretch, skew and the two perspective parameters of a correction, in path units. */
export function distortionLimit(budget: CropBudget): number {
  return (budget.maxDistortion * parameterRadius(budget.size)) / (2 * Math.SQRT2);
}

/** `coefficients · d ≤ limits`, one row of eight coefficients per constraint. */
export interface BudgetConstraints {
  readonly rows: number;
  readonly coefficients: Float64Array;
  readonly limits: Float64Array;
}

/**
 * The budget as linear constraints on the correction `d = path − smoothed` (eight parameters): to first order, the crop window's four
 * corners stay inside the frame (eight rows), and stretch, skew and perspective stay within the distortion limit (eight rows).
 */
export function budgetConstraints(budget: CropBudget): BudgetConstraints {
  const rows = 16;
  const coefficients = new Float64Array(rows * 8);
  const limits = new Float64Array(rows);
  const corners = cropWindowCorners(budget);
  const radius = parameterRadius(budget.size);
  const cx = (budget.size.width - 1) / 2;
  const cy = (budget.size.height - 1) / 2;
  for (let k = 0; k < 4; k++) {
    const dx = corners[2 * k] - cx;
    const dy = corners[2 * k + 1] - cy;
    const fields = parameterFields(dx / radius, dy / radius);
    const signX = k === 1 || k === 2 ? 1 : -1;
    const signY = k >= 2 ? 1 : -1;
    for (let i = 0; i < 8; i++) {
      coefficients[2 * k * 8 + i] = signX * fields[i];
      coefficients[(2 * k + 1) * 8 + i] = signY * fields[8 + i];
    }
    limits[2 * k] = cx * budget.maxCrop;
    limits[2 * k + 1] = cy * budget.maxCrop;
  }
  const limit = distortionLimit(budget);
  for (let i = 4; i < 8; i++) {
    const row = 8 + 2 * (i - 4);
    coefficients[row * 8 + i] = 1;
    coefficients[(row + 1) * 8 + i] = -1;
    limits[row] = limit;
    limits[row + 1] = limit;
  }
  return { rows, coefficients, limits };
}

/** Whether a correction (output pixel → source pixel) keeps the whole crop window inside the frame; exact, to `slack` pixels. */
export function staysInside(correction: Homography, budget: CropBudget, slack = 1e-6): boolean {
  const { width, height } = budget.size;
  const cx = (width - 1) / 2;
  const cy = (height - 1) / 2;
  const hx = cx * (1 - budget.maxCrop);
  const hy = cy * (1 - budget.maxCrop);
  // Asked of every frame, dozens of times: nothing is allocated.
  for (let k = 0; k < 4; k++) {
    const x = k === 1 || k === 2 ? cx + hx : cx - hx;
    const y = k >= 2 ? cy + hy : cy - hy;
    const w = correction[6] * x + correction[7] * y + correction[8];
    if (!(w > 0)) return false;
    const px = (correction[0] * x + correction[1] * y + correction[2]) / w;
    const py = (correction[3] * x + correction[4] * y + correction[5]) / w;
    if (!(px >= -slack && py >= -slack && px <= width - 1 + slack && py <= height - 1 + slack)) return false;
  }
  return true;
}
