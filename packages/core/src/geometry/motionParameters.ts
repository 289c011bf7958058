// Homographies as eight parameters: the logarithm and the exponential, in units of the frame.
import type { Size } from '../frame/frame.js';
import { determinant, type Homography, normalizeHomography } from './homography.js';
import { matrixExponential, matrixLogarithm } from './matrixFunctions.js';

/** For matrices that live no longer than one call: paths are made of hundreds of thousands of them. */
const SCRATCH = new Float64Array(9);

/** Number of parameters of a homography's logarithm. */
const COUNT = 8;

/** Half the frame's diagonal: the distance from the centre at which a parameter of 1 moves a pixel by 1. */
export function parameterRadius(size: Size): number {
  return Math.max(Math.hypot(size.width - 1, size.height - 1) / 2, 0.5);
}

/**
 * Displacement fields of the eight parameters at a point given in units of {@link parameterRadius} from the frame's centre:
 * x components in `out[0..7]`, y components in `out[8..15]`.
 */
export function parameterFields(u: number, v: number, out = new Float64Array(2 * COUNT)): Float64Array {
  out.set([1, 0, -v, u, u, v, u * u, u * v]);
  out.set([0, 1, u, v, -v, u, u * v, v * v], COUNT);
  return out;
}

/**
 * Exponential map: eight parameters (translation x, y, rotation, scale, stretch, skew, perspective x, y; pixels at
 * {@link parameterRadius} from the centre) to a homography in pixels, written to `out`.
 */
export function parametersToHomography(
  p: ArrayLike<number>,
  size: Size,
  out: Homography = new Float64Array(9),
): Homography {
  const r = parameterRadius(size);
  const algebra = SCRATCH;
  algebra[0] = (p[3] + p[4]) / r;
  algebra[1] = (p[5] - p[2]) / r;
  algebra[2] = p[0] / r;
  algebra[3] = (p[5] + p[2]) / r;
  algebra[4] = (p[3] - p[4]) / r;
  algebra[5] = p[1] / r;
  algebra[6] = -p[6] / r;
  algebra[7] = -p[7] / r;
  algebra[8] = 0;
  return fromCentred(matrixExponential(algebra, algebra), size, out);
}

/**
 * Logarithm: the inverse of {@link parametersToHomography} for homographies that turn by less than half a circle and do not mirror.
 * Returns `undefined` where no real logarithm was found.
 */
export function homographyToParameters(h: Homography, size: Size): Float64Array | undefined {
  const centred = toCentred(h, size, SCRATCH);
  const det = determinant(centred);
  if (!(det > 0)) return undefined;
  for (let i = 0; i < 9; i++) centred[i] /= Math.cbrt(det);
  const log = matrixLogarithm(centred, centred);
  if (log === undefined) return undefined;
  const r = parameterRadius(size);
  const d = log[8];
  return Float64Array.of(
    log[2] * r,
    log[5] * r,
    ((log[3] - log[1]) / 2) * r,
    ((log[0] + log[4]) / 2 - d) * r,
    ((log[0] - log[4]) / 2) * r,
    ((log[1] + log[3]) / 2) * r,
    -log[6] * r,
    -log[7] * r,
  );
}

/** A homography in pixels, re-expressed about the frame's centre in units of the parameter radius: `N · h · N⁻¹`. */
function toCentred(h: Homography, size: Size, out: Homography): Homography {
  const r = parameterRadius(size);
  const cx = (size.width - 1) / 2;
  const cy = (size.height - 1) / 2;
  // First h · N⁻¹ (scale by r, then move to the centre), then N.
  const c2 = h[0] * cx + h[1] * cy + h[2];
  const c5 = h[3] * cx + h[4] * cy + h[5];
  const c8 = h[6] * cx + h[7] * cy + h[8];
  out[0] = h[0] - cx * h[6];
  out[1] = h[1] - cx * h[7];
  out[2] = (c2 - cx * c8) / r;
  out[3] = h[3] - cy * h[6];
  out[4] = h[4] - cy * h[7];
  out[5] = (c5 - cy * c8) / r;
  out[6] = h[6] * r;
  out[7] = h[7] * r;
  out[8] = c8;
  return out;
}

/** The inverse of {@link toCentred}: `N⁻¹ · h · N`, normalized. */
function fromCentred(h: Homography, size: Size, out: Homography): Homography {
  const r = parameterRadius(size);
  const cx = (size.width - 1) / 2;
  const cy = (size.height - 1) / 2;
  const g = h[6] / r;
  const k = h[7] / r;
  const c2 = h[2] * r - h[0] * cx - h[1] * cy;
  const c5 = h[5] * r - h[3] * cx - h[4] * cy;
  const c8 = h[8] - g * cx - k * cy;
  // `h` may be the scratch itself: each entry is read for the last time before it is written.
  SCRATCH[0] = h[0] + cx * g;
  SCRATCH[1] = h[1] + cx * k;
  SCRATCH[2] = c2 + cx * c8;
  SCRATCH[3] = h[3] + cy * g;
  SCRATCH[4] = h[4] + cy * k;
  SCRATCH[5] = c5 + cy * c8;
  SCRATCH[6] = g;
  SCRATCH[7] = k;
  SCRATCH[8] = c8;
  return normalizeHomography(SCRATCH, out);
}
