// The distortion value of a clip, from its maps between original and stabilized frames.
import { GimbalError, type Homography } from '@gimbal/core';
import { quantile } from './quantile.js';

/** Lowest value over the clip, and the value that 5 % of the frames stay below: the lowest alone belongs to one outlier. */
export interface DistortionSummary {
  readonly min: number;
  readonly p5: number;
}

/** 1 is an undistorted picture, 0 a collapsed one. */
export interface DistortionValue {
  /** Ratio of the moduli of the two eigenvalues of the linear part (`dif2021`). A rotation has 1. */
  readonly eigenvalue: DistortionSummary;
  /** Ratio of its two singular values, which a shear lowers too. */
  readonly singular: DistortionSummary;
}

/** Smaller over larger modulus of the eigenvalues of the upper left 2×2 part; a complex pair has 1. */
export function eigenvalueRatio(h: Homography): number {
  const half = (h[0] + h[4]) / 2;
  const discriminant = half * half - (h[0] * h[4] - h[1] * h[3]);
  if (discriminant <= 0) return 1;
  const root = Math.sqrt(discriminant);
  return ratio(Math.abs(half - root), Math.abs(half + root));
}

/** Smaller over larger singular value of the upper left 2×2 part. */
export function singularValueRatio(h: Homography): number {
  const even = Math.hypot(h[0] + h[4], h[3] - h[1]);
  const odd = Math.hypot(h[0] - h[4], h[3] + h[1]);
  return ratio(Math.abs(even - odd), even + odd);
}

function ratio(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger > 0 ? Math.min(a, b) / larger : 0;
}

/**
 * How far the homographies from input to output frames stretch the picture, over a clip.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an empty list.
 */
export function distortionValue(alignments: readonly Homography[]): DistortionValue {
  if (alignments.length === 0) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      'The distortion value needs at least one aligned frame, received none.',
    );
  }
  return {
    eigenvalue: summary(alignments.map(eigenvalueRatio)),
    singular: summary(alignments.map(singularValueRatio)),
  };
}

function summary(values: readonly number[]): DistortionSummary {
  return { min: quantile(values, 0), p5: quantile(values, 0.05) };
}
