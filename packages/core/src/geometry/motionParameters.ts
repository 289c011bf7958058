import type { Size } from '../frame.js';
import { determinant, type Homography, normalizeHomography } from './homography.js';

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
 * {@link parameterRadius} from the centre) to a homography in pixels.
 */
export function parametersToHomography(p: ArrayLike<number>, size: Size): Homography {
  const r = parameterRadius(size);
  const algebra = Float64Array.of(
    (p[3] + p[4]) / r,
    (p[5] - p[2]) / r,
    p[0] / r,
    (p[5] + p[2]) / r,
    (p[3] - p[4]) / r,
    p[1] / r,
    -p[6] / r,
    -p[7] / r,
    0,
  );
  return fromCentred(exponential(algebra), size);
}

/**
 * Logarithm: the inverse of {@link parametersToHomography} for homographies that turn by less than half a circle and do not mirror.
 * Returns `undefined` where no real logarithm was found.
 */
export function homographyToParameters(h: Homography, size: Size): Float64Array | undefined {
  const centred = toCentred(h, size);
  const det = determinant(centred);
  if (!(det > 0)) return undefined;
  const unit = centred.map((value) => value / Math.cbrt(det));
  const log = logarithm(unit);
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

/** A homography in pixels, re-expressed about the frame's centre in units of the parameter radius. */
function toCentred(h: Homography, size: Size): Homography {
  return conjugate(h, 1 / parameterRadius(size), (size.width - 1) / 2, (size.height - 1) / 2, true);
}

function fromCentred(h: Homography, size: Size): Homography {
  return normalizeHomography(
    conjugate(h, 1 / parameterRadius(size), (size.width - 1) / 2, (size.height - 1) / 2, false),
  );
}

/** `N · h · N⁻¹` (forward) or `N⁻¹ · h · N`, where N moves (cx, cy) to the origin and scales by s. */
function conjugate(h: Homography, s: number, cx: number, cy: number, forward: boolean): Homography {
  const to = Float64Array.of(s, 0, -s * cx, 0, s, -s * cy, 0, 0, 1);
  const back = Float64Array.of(1 / s, 0, cx, 0, 1 / s, cy, 0, 0, 1);
  return forward ? multiply(multiply(to, h), back) : multiply(multiply(back, h), to);
}

function multiply(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(9);
  for (let r = 0; r < 9; r += 3) {
    for (let c = 0; c < 3; c++) out[r + c] = a[r] * b[c] + a[r + 1] * b[c + 3] + a[r + 2] * b[c + 6];
  }
  return out;
}

function norm(a: Float64Array): number {
  let sum = 0;
  for (const value of a) sum += value * value;
  return Math.sqrt(sum);
}

const IDENTITY = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** Matrix exponential by scaling and squaring with a Taylor polynomial (Moler and Van Loan, 2003). */
function exponential(a: Float64Array): Float64Array {
  const squarings = Math.max(0, Math.ceil(Math.log2(Math.max(norm(a), 1e-300) / 0.125)));
  const scaled = a.map((value) => value / 2 ** squarings);
  let sum: Float64Array = IDENTITY.slice();
  let term: Float64Array = IDENTITY.slice();
  for (let k = 1; k <= 10; k++) {
    term = multiply(term, scaled);
    for (let i = 0; i < 9; i++) {
      term[i] /= k;
      sum[i] += term[i];
    }
  }
  for (let k = 0; k < squarings; k++) sum = multiply(sum, sum);
  return sum;
}

function inverse(a: Float64Array): Float64Array | undefined {
  const det = determinant(a);
  if (!(Math.abs(det) > 1e-12)) return undefined;
  return Float64Array.of(
    (a[4] * a[8] - a[5] * a[7]) / det,
    (a[2] * a[7] - a[1] * a[8]) / det,
    (a[1] * a[5] - a[2] * a[4]) / det,
    (a[5] * a[6] - a[3] * a[8]) / det,
    (a[0] * a[8] - a[2] * a[6]) / det,
    (a[2] * a[3] - a[0] * a[5]) / det,
    (a[3] * a[7] - a[4] * a[6]) / det,
    (a[1] * a[6] - a[0] * a[7]) / det,
    (a[0] * a[4] - a[1] * a[3]) / det,
  );
}

/** Principal square root by the product form of the Denman-Beavers iteration (Higham, Functions of Matrices, 6.29). */
function squareRoot(a: Float64Array): Float64Array | undefined {
  let x: Float64Array = a.slice();
  let m = a.slice();
  for (let k = 0; k < 50; k++) {
    const mi = inverse(m);
    if (mi === undefined) return undefined;
    const half = IDENTITY.map((value, i) => (value + mi[i]) / 2);
    x = multiply(x, half);
    m = m.map((value, i) => IDENTITY[i] / 2 + (value + mi[i]) / 4);
    if (norm(m.map((value, i) => value - IDENTITY[i])) < 1e-14) return x;
  }
  return norm(m.map((value, i) => value - IDENTITY[i])) < 1e-9 ? x : undefined;
}

/** Matrix logarithm by inverse scaling and squaring and the series of 2·artanh (Higham, 11.3). */
function logarithm(a: Float64Array): Float64Array | undefined {
  let root = a;
  let doublings = 0;
  while (norm(root.map((value, i) => value - IDENTITY[i])) > 0.2) {
    const next = doublings < 30 ? squareRoot(root) : undefined;
    if (next === undefined) return undefined;
    root = next;
    doublings++;
  }
  const denominator = inverse(root.map((value, i) => value + IDENTITY[i]));
  if (denominator === undefined) return undefined;
  const z = multiply(
    root.map((value, i) => value - IDENTITY[i]),
    denominator,
  );
  const z2 = multiply(z, z);
  const sum = z.slice();
  let power = z;
  for (let k = 3; k <= 19; k += 2) {
    power = multiply(power, z2);
    for (let i = 0; i < 9; i++) sum[i] += power[i] / k;
  }
  const factor = 2 * 2 ** doublings;
  const out = sum.map((value) => value * factor);
  return out.every(Number.isFinite) ? out : undefined;
}
