// Eigenvalues and eigenvectors of a small symmetric matrix.

/** Sweeps after which the rotation loop gives up; a 9×9 matrix needs six to eight. */
const SWEEPS = 60;

/** Eigenvalues in ascending order; `vectors[i]` belongs to `values[i]` and has length 1. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/**
 * Eigen-decomposition of a small symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, §8.5): short,
 * and accurate for the small eigenvalues, which are the ones that a least-squares null vector is read from.
 * @param matrix `n × n` numbers, row-major; only symmetric matrices make sense. Not modified.
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): SymmetricEigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotated = rotate(a, v, n, p, q) || rotated;
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i] - a[j * n + j]);
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]),
    vectors: order.map((i) => Float64Array.from({ length: n }, (_, row) => v[row * n + i])),
  };
}

/** Zeroes `a[p, q]`; false when it is already negligible beside the diagonal. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): boolean {
  const off = a[p * n + q];
  const app = a[p * n + p];
  const aqq = a[q * n + q];
  if (off * off <= Number.EPSILON ** 2 * Math.abs(app * aqq) || off === 0) return false;
  const theta = (aqq - app) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const akp = a[k * n + p];
    const akq = a[k * n + q];
    a[k * n + p] = c * akp - s * akq;
    a[k * n + q] = s * akp + c * akq;
  }
  for (let k = 0; k < n; k++) {
    const apk = a[p * n + k];
    const aqk = a[q * n + k];
    a[p * n + k] = c * apk - s * aqk;
    a[q * n + k] = s * apk + c * aqk;
    const vkp = v[k * n + p];
    const vkq = v[k * n + q];
    v[k * n + p] = c * vkp - s * vkq;
    v[k * n + q] = s * vkp + c * vkq;
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
  return true;
}
