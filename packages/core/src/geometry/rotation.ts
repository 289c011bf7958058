import { GimbalError } from '../errors.js';
import { determinant, type Homography } from './homography.js';
import { symmetricEigen } from './symmetricEigen.js';

/** A 3×3 rotation matrix, row-major, acting on column vectors. */
export type Rotation = Float64Array;

/** A unit quaternion as [w, x, y, z] (Hamilton's convention, scalar first, as COLMAP writes it). */
export type Quaternion = readonly [number, number, number, number];

/**
 * The rotation closest (in the Frobenius norm) to a 3×3 matrix: the orthogonal factor of its polar decomposition, by Newton's iteration
 * with scaling (Higham, Computing the Polar Decomposition, 1986), which needs no singular value decomposition. The matrix's scale does
 * not matter, nor does its sign.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` when the matrix is singular or not finite.
 */
export function closestRotation(matrix: Homography): Rotation {
  const det = determinant(matrix);
  const unit = matrix.map((value) => value / Math.cbrt(det));
  if (!unit.every(Number.isFinite)) throw notRotation(matrix);
  let x: Float64Array = unit;
  for (let k = 0; k < 100; k++) {
    const cofactors = cofactorMatrix(x);
    const d = determinant(x);
    const inverse = cofactors.map((value) => value / d);
    const gamma = Math.sqrt(frobenius(inverse) / frobenius(x));
    const next = x.map((value, i) => (gamma * value + inverse[i] / gamma) / 2);
    const change = frobenius(next.map((value, i) => value - x[i]));
    x = next;
    // Convergence is quadratic: a change this small leaves nothing to correct.
    if (!(change > 1e-8)) break;
  }
  if (!x.every(Number.isFinite)) throw notRotation(matrix);
  return quaternionToRotation(rotationToQuaternion(x));
}

function notRotation(matrix: Homography): GimbalError {
  return new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Only an invertible 3×3 matrix of finite numbers has a closest rotation, received [${Array.from(matrix).join(', ')}].`,
  );
}

/** Rays along each axis of the frame on which a camera's turn is measured. */
const RAYS = 5;

/**
 * The turn of a camera between two frames whose motion is `h` (previous → current pixels): the rotation that carries the viewing rays of
 * the previous frame's pixels (axes x right, y down, z forward) closest to those of their images, by Horn's method (Closed-form
 * solution of absolute orientation using unit quaternions, 1987). For a camera that only turned this is `K⁻¹ · h · K` itself. Where an
 * estimator saw no more than a shift it is the whole angle of that shift; the rotation closest to `K⁻¹ · h · K` as a matrix would be half.
 * @param focal Focal length in pixels.
 * @param cx Principal point in pixels, pixel centres on integers; the frame spans (0, 0) to (2·cx, 2·cy).
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` when `h` is singular or not finite.
 */
export function homographyToRotation(h: Homography, focal: number, cx: number, cy: number): Rotation {
  // With a positive determinant the images of rays point forward as the rays do.
  const scale = Math.cbrt(determinant(h));
  const unit = h.map((value) => value / scale);
  if (!unit.every(Number.isFinite)) throw notRotation(h);
  const s = new Float64Array(9);
  for (let k = 0; k < RAYS * RAYS; k++) {
    const x = (2 * cx * (k % RAYS)) / (RAYS - 1);
    const y = (2 * cy * Math.floor(k / RAYS)) / (RAYS - 1);
    const w = unit[6] * x + unit[7] * y + unit[8];
    const before = direction((x - cx) / focal, (y - cy) / focal, 1);
    const after = direction(
      (unit[0] * x + unit[1] * y + unit[2] - cx * w) / focal,
      (unit[3] * x + unit[4] * y + unit[5] - cy * w) / focal,
      w,
    );
    for (let i = 0; i < 9; i++) s[i] += before[Math.floor(i / 3)] * after[i % 3];
  }
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
  const { vectors } = symmetricEigen(
    [
      [xx + yy + zz, yz - zy, zx - xz, xy - yx],
      [yz - zy, xx - yy - zz, xy + yx, zx + xz],
      [zx - xz, xy + yx, yy - xx - zz, yz + zy],
      [xy - yx, zx + xz, yz + zy, zz - xx - yy],
    ].flat(),
    4,
  );
  const [a, b, c, d] = vectors[3];
  return quaternionToRotation(normalizeQuaternion([a, b, c, d]));
}

function direction(x: number, y: number, z: number): readonly [number, number, number] {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

/** Shepperd's method: the largest of the four components is found first, so nothing is lost near half a turn. `w` is not negative. */
export function rotationToQuaternion(r: Rotation): Quaternion {
  const trace = r[0] + r[4] + r[8];
  let q: Quaternion;
  if (trace >= Math.max(r[0], r[4], r[8])) {
    q = [1 + trace, r[7] - r[5], r[2] - r[6], r[3] - r[1]];
  } else if (r[0] >= r[4] && r[0] >= r[8]) {
    q = [r[7] - r[5], 1 + 2 * r[0] - trace, r[1] + r[3], r[2] + r[6]];
  } else if (r[4] >= r[8]) {
    q = [r[2] - r[6], r[1] + r[3], 1 + 2 * r[4] - trace, r[5] + r[7]];
  } else {
    q = [r[3] - r[1], r[2] + r[6], r[5] + r[7], 1 + 2 * r[8] - trace];
  }
  return normalizeQuaternion(q[0] < 0 ? [-q[0], -q[1], -q[2], -q[3]] : q);
}

/** The rotation matrix (row-major) of a unit quaternion (w, x, y, z). */
export function quaternionToRotation([w, x, y, z]: Quaternion): Rotation {
  return Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  );
}

/** `a · b`: first the turn `b`, then `a`; brought back to length 1, so that a long chain of products does not drift. */
export function multiplyQuaternions(a: Quaternion, b: Quaternion): Quaternion {
  return normalizeQuaternion([
    a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
    a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
    a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
    a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
  ]);
}

function normalizeQuaternion([w, x, y, z]: Quaternion): Quaternion {
  const length = Math.hypot(w, x, y, z);
  return [w / length, x / length, y / length, z / length];
}

function cofactorMatrix(m: Float64Array): Float64Array {
  return Float64Array.of(
    m[4] * m[8] - m[5] * m[7],
    m[5] * m[6] - m[3] * m[8],
    m[3] * m[7] - m[4] * m[6],
    m[2] * m[7] - m[1] * m[8],
    m[0] * m[8] - m[2] * m[6],
    m[1] * m[6] - m[0] * m[7],
    m[1] * m[5] - m[2] * m[4],
    m[2] * m[3] - m[0] * m[5],
    m[0] * m[4] - m[1] * m[3],
  );
}

function frobenius(m: Float64Array): number {
  let sum = 0;
  for (const value of m) sum += value * value;
  return Math.sqrt(sum);
}
