// Fits a homography to point pairs by least squares (direct linear transform).
import { GimbalError } from '../errors.js';
import { composeHomographies, determinant, type Homography, normalizeHomography } from './homography.js';
import { symmetricEigen } from './symmetricEigen.js';

/** Ratio of the second smallest eigenvalue to the largest below which more than one homography fits. */
const AMBIGUOUS = 1e-13;

/** Determinant of the normalized, unit-length solution below which it maps the plane onto a line. */
const FLAT = 1e-9;

/**
 * The homography that carries `from` onto `to` with the least algebraic error: the direct linear transform with Hartley's normalization
 * (Hartley and Zisserman, Multiple View Geometry, algorithm 4.2). Exact for four points, least squares for more.
 *
 * The null vector is the last eigenvector of the 9×9 normal matrix, found by Jacobi rotations, and not the solution of an 8×8 system with
 * `h[8]` pinned to 1: pinning is biased and breaks down when the normalized `h[8]` comes near zero, and the second smallest
 * eigenvalue says whether the points determine a homography at all.
 * @param from x, y pairs, at least four.
 * @param to As many x, y pairs.
 * @param weights One non-negative number a point, multiplying its squared error; 1 unless given.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for too few points, lengths that differ, numbers that are not finite, or points that do not
 * determine a homography (three of four on a line, all on a line, all in one place).
 */
export function fitHomography(from: ArrayLike<number>, to: ArrayLike<number>, weights?: ArrayLike<number>): Homography {
  const used = check(from, to, weights);
  const weight = (k: number): number => (weights === undefined ? 1 : weights[k]);
  const source = hartley(from, weight);
  const target = hartley(to, weight);
  if (used < 4 || source === undefined || target === undefined) throw degenerate(used);
  const { values, vectors } = symmetricEigen(normalMatrix(from, to, weight, source, target), 9);
  if (!(values[1] > AMBIGUOUS * values[8])) throw degenerate(used);
  const h = vectors[0];
  if (!(Math.abs(determinant(h)) > FLAT)) throw degenerate(used);
  const back = Float64Array.of(1 / target.scale, 0, target.x, 0, 1 / target.scale, target.y, 0, 0, 1);
  const forth = Float64Array.of(
    source.scale,
    0,
    -source.scale * source.x,
    0,
    source.scale,
    -source.scale * source.y,
    0,
    0,
    1,
  );
  return normalizeHomography(composeHomographies(back, h, forth));
}

/** Returns how many points carry weight. */
function check(from: ArrayLike<number>, to: ArrayLike<number>, weights: ArrayLike<number> | undefined): number {
  const n = from.length / 2;
  if (!Number.isInteger(n) || n < 4 || to.length !== from.length || (weights !== undefined && weights.length !== n)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      'A homography needs at least four point pairs, as many x, y numbers in `to` as in `from` and one weight a point; received ' +
        `${from.length} and ${to.length} numbers${weights === undefined ? '' : ` and ${weights.length} weights`}.`,
    );
  }
  let used = 0;
  for (let k = 0; k < n; k++) {
    const weight = weights === undefined ? 1 : weights[k];
    const finite = Number.isFinite(from[2 * k] + from[2 * k + 1] + to[2 * k] + to[2 * k + 1]);
    if (!finite || !Number.isFinite(weight) || weight < 0) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `Points must be finite and weights finite and not negative; point ${k} is (${from[2 * k]}, ${from[2 * k + 1]}) → ` +
          `(${to[2 * k]}, ${to[2 * k + 1]}) with weight ${weight}.`,
      );
    }
    if (weight > 0) used++;
  }
  return used;
}

function degenerate(points: number): GimbalError {
  return new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `The ${points} point pairs with weight do not determine a homography; give at least four of which no three lie on a line.`,
  );
}

interface Normalization {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Weighted centroid to the origin, mean distance to √2; undefined when all points coincide. */
function hartley(points: ArrayLike<number>, weight: (k: number) => number): Normalization | undefined {
  const n = points.length / 2;
  let total = 0;
  let x = 0;
  let y = 0;
  for (let k = 0; k < n; k++) {
    total += weight(k);
    x += weight(k) * points[2 * k];
    y += weight(k) * points[2 * k + 1];
  }
  x /= total;
  y /= total;
  let distance = 0;
  for (let k = 0; k < n; k++) distance += weight(k) * Math.hypot(points[2 * k] - x, points[2 * k + 1] - y);
  const scale = (Math.SQRT2 * total) / distance;
  return Number.isFinite(scale) && scale > 0 ? { x, y, scale } : undefined;
}

/** `Σ weight · (rowᵀ row)` over the two equations of each point. */
function normalMatrix(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  weight: (k: number) => number,
  source: Normalization,
  target: Normalization,
): Float64Array {
  const matrix = new Float64Array(81);
  for (let k = 0; k < from.length / 2; k++) {
    const x = (from[2 * k] - source.x) * source.scale;
    const y = (from[2 * k + 1] - source.y) * source.scale;
    const u = (to[2 * k] - target.x) * target.scale;
    const v = (to[2 * k + 1] - target.y) * target.scale;
    for (const row of [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, -u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, -v],
    ]) {
      for (let i = 0; i < 9; i++) {
        for (let j = 0; j < 9; j++) matrix[i * 9 + j] += weight(k) * row[i] * row[j];
      }
    }
  }
  return matrix;
}
