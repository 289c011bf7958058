import { GimbalError } from '../errors.js';
import type { Size } from '../frame/frame.js';

/** A 3×3 projective map, row-major, acting on column vectors (x, y, 1). */
export type Homography = Float64Array;

/** The map that leaves every point where it is. */
export function identityHomography(): Homography {
  return Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
}

/** Moves every point by (x, y) pixels. */
export function translationHomography(x: number, y: number): Homography {
  return Float64Array.of(1, 0, x, 0, 1, y, 0, 0, 1);
}

/** Scales about the origin (the centre of the top left pixel). */
export function scalingHomography(sx: number, sy = sx): Homography {
  return Float64Array.of(sx, 0, 0, 0, sy, 0, 0, 0, 1);
}

/** `a · b`: first `b`, then `a`. */
export function multiplyHomographies(a: Homography, b: Homography): Homography {
  const out = new Float64Array(9);
  for (let r = 0; r < 3; r++) {
    for (let c = 0; c < 3; c++) {
      out[r * 3 + c] = a[r * 3] * b[c] + a[r * 3 + 1] * b[3 + c] + a[r * 3 + 2] * b[6 + c];
    }
  }
  return out;
}

/** Product of several, applied from the last to the first. */
export function composeHomographies(...maps: Homography[]): Homography {
  return maps.reduce((product, map) => multiplyHomographies(product, map));
}

/** The determinant of the 3×3 matrix; negative or zero for maps that mirror or collapse the plane. */
export function determinant(h: Homography): number {
  return h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6]) + h[2] * (h[3] * h[7] - h[4] * h[6]);
}

/**
 * Inverse by the adjugate, normalized to `h[8] = 1`.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` when the matrix is singular.
 */
export function invertHomography(h: Homography): Homography {
  const det = determinant(h);
  if (!(Math.abs(det) > 0) || !Number.isFinite(det)) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `A homography must be invertible; its determinant is ${det}.`);
  }
  return normalizeHomography(
    Float64Array.of(
      h[4] * h[8] - h[5] * h[7],
      h[2] * h[7] - h[1] * h[8],
      h[1] * h[5] - h[2] * h[4],
      h[5] * h[6] - h[3] * h[8],
      h[0] * h[8] - h[2] * h[6],
      h[2] * h[3] - h[0] * h[5],
      h[3] * h[7] - h[4] * h[6],
      h[1] * h[6] - h[0] * h[7],
      h[0] * h[4] - h[1] * h[3],
    ),
  );
}

/**
 * The same map with `h[8] = 1`, written to `out`.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` when an entry is not finite or the origin maps to infinity.
 */
export function normalizeHomography(h: Homography, out: Homography = new Float64Array(9)): Homography {
  const w = h[8];
  let sum = 0;
  for (let i = 0; i < 9; i++) {
    out[i] = h[i] / w;
    sum += out[i];
  }
  out[8] = 1;
  // A sum may overflow where its terms are finite, hence the second check.
  if (!Number.isFinite(sum) && !out.every(Number.isFinite)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A homography needs nine finite numbers with h[8] ≠ 0, received [${h.join(', ')}].`,
    );
  }
  return out;
}

/** Image of a point. Points on the map's horizon become infinite. */
export function applyHomography(h: Homography, x: number, y: number): [number, number] {
  const w = h[6] * x + h[7] * y + h[8];
  return [(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w];
}

/** The centres of the corner pixels: (0, 0), (w−1, 0), (w−1, h−1), (0, h−1), as eight numbers. */
export function frameCorners(size: Size): Float64Array {
  const x = size.width - 1;
  const y = size.height - 1;
  return Float64Array.of(0, 0, x, 0, x, y, 0, y);
}

/**
 * Re-expresses a homography between frames of `from` pixels in frames of `to` pixels (pixel centres on integers, so the
 * half-pixel offset of a resize is honoured): `S · h · S⁻¹`.
 */
export function rescaleHomography(h: Homography, from: Size, to: Size): Homography {
  const sx = to.width / from.width;
  const sy = to.height / from.height;
  const up = Float64Array.of(sx, 0, (sx - 1) / 2, 0, sy, (sy - 1) / 2, 0, 0, 1);
  return normalizeHomography(composeHomographies(up, h, invertHomography(up)));
}

/** Mean distance in pixels between the images of the frame's corners under two maps (mean average corner error of one pair). */
export function cornerError(a: Homography, b: Homography, size: Size): number {
  const corners = frameCorners(size);
  let sum = 0;
  for (let k = 0; k < 4; k++) {
    const [ax, ay] = applyHomography(a, corners[2 * k], corners[2 * k + 1]);
    const [bx, by] = applyHomography(b, corners[2 * k], corners[2 * k + 1]);
    sum += Math.hypot(ax - bx, ay - by);
  }
  return sum / 4;
}
