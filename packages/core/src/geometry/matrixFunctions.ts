// 3×3 matrices that are multiplied and inverted without allocation.
import { determinant } from './homography.js';

/** A real 3×3 matrix, row-major. */
type Matrix3 = Float64Array;

const IDENTITY: Matrix3 = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);

/** Far beyond what still has a finite exponential; keeps a matrix of astronomic numbers from taking for ever. */
const MOST_SQUARINGS = 32;

/**
 * Scratch matrices, one name a use. Paths are made of exponentials and logarithms by the hundred thousand, and a fresh array for every
 * product would cost ten times the arithmetic. Nothing here calls back or waits, so the scratch is never in use twice.
 */
const [S0, S1, ROOT, INVERSE, HALF, NEXT, M, Z, Z2] = Array.from({ length: 9 }, () => new Float64Array(9));

/** `out = a · b`; `out` may be neither. */
export function multiplyInto(out: Matrix3, a: Matrix3, b: Matrix3): void {
  for (let r = 0; r < 9; r += 3) {
    const x = a[r];
    const y = a[r + 1];
    const z = a[r + 2];
    out[r] = x * b[0] + y * b[3] + z * b[6];
    out[r + 1] = x * b[1] + y * b[4] + z * b[7];
    out[r + 2] = x * b[2] + y * b[5] + z * b[8];
  }
}

/**
 * Matrix exponential by scaling and squaring with a Taylor polynomial (Moler and Van Loan, 2003); not finite where it overflows.
 * Written to `out`, which may be `a`.
 */
export function matrixExponential(a: Matrix3, out: Matrix3 = new Float64Array(9)): Matrix3 {
  let sum: Matrix3 = M;
  let next: Matrix3 = S0;
  const scaled = S1;
  const squarings = Math.min(Math.max(0, Math.ceil(Math.log2(Math.max(norm(a), 1e-300) / 0.125))), MOST_SQUARINGS);
  for (let i = 0; i < 9; i++) {
    scaled[i] = a[i] / 2 ** squarings;
    sum[i] = IDENTITY[i];
  }
  // Horner: I + A/1 · (I + A/2 · (… (I + A/10))).
  for (let k = 10; k >= 1; k--) {
    multiplyInto(next, scaled, sum);
    for (let i = 0; i < 9; i++) sum[i] = IDENTITY[i] + next[i] / k;
  }
  for (let k = 0; k < squarings; k++) {
    multiplyInto(next, sum, sum);
    const squared = next;
    next = sum;
    sum = squared;
  }
  out.set(sum);
  return out;
}

/**
 * Principal matrix logarithm by inverse scaling and squaring and the series of 2·artanh (Higham, Functions of Matrices, 11.3);
 * `undefined` where none was found. Written to `out`, which may be `a`.
 */
export function matrixLogarithm(a: Matrix3, out: Matrix3 = new Float64Array(9)): Matrix3 | undefined {
  const root = ROOT;
  root.set(a);
  let halvings = 0;
  while (distanceToIdentity(root) > 0.2) {
    if (halvings === 30 || !replaceBySquareRoot(root)) return undefined;
    halvings++;
  }
  for (let i = 0; i < 9; i++) {
    S0[i] = root[i] - IDENTITY[i];
    S1[i] = root[i] + IDENTITY[i];
  }
  if (!invertInto(INVERSE, S1)) return undefined;
  multiplyInto(Z, S0, INVERSE);
  multiplyInto(Z2, Z, Z);
  const factor = 2 * 2 ** halvings;
  for (let i = 0; i < 9; i++) out[i] = Z[i] * factor;
  M.set(Z);
  for (let k = 3; k <= 19; k += 2) {
    multiplyInto(S0, M, Z2);
    M.set(S0);
    for (let i = 0; i < 9; i++) out[i] += (M[i] / k) * factor;
  }
  for (let i = 0; i < 9; i++) if (!Number.isFinite(out[i])) return undefined;
  return out;
}

/** Principal square root, in place, by the product form of the Denman-Beavers iteration (Higham, 6.29). */
function replaceBySquareRoot(x: Matrix3): boolean {
  M.set(x);
  let left = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 50 && left >= 1e-14; k++) {
    if (!invertInto(INVERSE, M)) return false;
    for (let i = 0; i < 9; i++) {
      HALF[i] = (IDENTITY[i] + INVERSE[i]) / 2;
      M[i] = IDENTITY[i] / 2 + (M[i] + INVERSE[i]) / 4;
    }
    multiplyInto(NEXT, x, HALF);
    x.set(NEXT);
    left = distanceToIdentity(M);
  }
  return left < 1e-9;
}

/** `out = a⁻¹` by the adjugate; false when `a` is singular. `out` may not be `a`. */
export function invertInto(out: Matrix3, a: Matrix3): boolean {
  const det = determinant(a);
  if (!(Math.abs(det) > 1e-12)) return false;
  out[0] = (a[4] * a[8] - a[5] * a[7]) / det;
  out[1] = (a[2] * a[7] - a[1] * a[8]) / det;
  out[2] = (a[1] * a[5] - a[2] * a[4]) / det;
  out[3] = (a[5] * a[6] - a[3] * a[8]) / det;
  out[4] = (a[0] * a[8] - a[2] * a[6]) / det;
  out[5] = (a[2] * a[3] - a[0] * a[5]) / det;
  out[6] = (a[3] * a[7] - a[4] * a[6]) / det;
  out[7] = (a[1] * a[6] - a[0] * a[7]) / det;
  out[8] = (a[0] * a[4] - a[1] * a[3]) / det;
  return true;
}

function norm(a: Matrix3): number {
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += a[i] * a[i];
  return Math.sqrt(sum);
}

function distanceToIdentity(a: Matrix3): number {
  let sum = 0;
  for (let i = 0; i < 9; i++) sum += (a[i] - IDENTITY[i]) ** 2;
  return Math.sqrt(sum);
}
