import type { ReadoutEvidence } from './readoutEvidence.js';

/** A slope and how sure it is: one standard deviation. */
export interface Slope {
  readonly value: number;
  readonly sigma: number;
}

/** What all evidence together says. */
export interface ReadoutRegression {
  /** Rows read one after the other, columns read one after the other. */
  readonly rows: Slope;
  readonly columns: Slope;
  /** From motion along x alone and along y alone, for the axis that fits better. */
  readonly alone: readonly [Slope, Slope];
  /** Robust scale of what remains of shear and stretch, in pixels over the height of the frame. */
  readonly residual: readonly [number, number];
}

const UNKNOWNS = 6;
const ROUNDS = 15;
/** Huber's constant: 95 % efficient with normal noise. */
const HUBER = 1.345;
/** Steps below which nothing is said. */
const FEWEST = 30;

/**
 * Robust regression of shear and stretch on the acceleration (Huber's weights, iterated), both in one system. What a turning camera with
 * perspective adds (products of the shifts) and constant offsets are estimated beside it.
 * @returns undefined for too few steps, or where the camera never accelerates.
 */
export function readoutRegression(evidence: readonly ReadoutEvidence[]): ReadoutRegression | undefined {
  const n = evidence.length;
  if (n < FEWEST) return undefined;
  const a = new Float64Array(2 * n * UNKNOWNS);
  const b = new Float64Array(2 * n);
  for (const [i, e] of evidence.entries()) {
    const ax = e.accelerationX;
    const ay = e.accelerationY;
    const product = e.shiftX * e.shiftY * 1e-3;
    const difference = (e.shiftY ** 2 - e.shiftX ** 2) * 1e-3;
    a.set([ax, ay * e.aspect, product, 0, 1, 0], 2 * i * UNKNOWNS);
    a.set([ay, -ax * e.aspect, 0, difference, 0, 1], (2 * i + 1) * UNKNOWNS);
    b[2 * i] = e.shear;
    b[2 * i + 1] = e.stretch;
  }
  const joint = robust(a, b, UNKNOWNS, 2);
  if (joint === undefined) return undefined;
  const [rows, columns] = [joint.slopes[0], joint.slopes[1]];
  const byRows = Math.abs(rows.value) / rows.sigma >= Math.abs(columns.value) / columns.sigma;
  const alone = [0, 1].map((which) => {
    const own = new Float64Array(n * 2);
    const right = new Float64Array(n);
    for (const [i, e] of evidence.entries()) {
      // Motion along x shows as shear where rows are read, and as stretch where columns are.
      const alongX = which === 0;
      const acceleration = alongX ? e.accelerationX : e.accelerationY;
      own.set([byRows ? acceleration : (alongX ? -1 : 1) * acceleration * e.aspect, 1], i * 2);
      right[i] = alongX === byRows ? e.shear : e.stretch;
    }
    return robust(own, right, 2, 1)?.slopes[0];
  });
  if (alone[0] === undefined || alone[1] === undefined) return undefined;
  return {
    rows,
    columns,
    alone: [alone[0], alone[1]],
    residual: [joint.scales[0], joint.scales[1 % joint.scales.length]],
  };
}

/** @param kinds Equations of different kinds take turns; each kind has a scale of its own. */
function robust(
  a: Float64Array,
  b: Float64Array,
  unknowns: number,
  kinds: number,
): { slopes: Slope[]; scales: number[] } | undefined {
  const m = b.length;
  const weights = new Float64Array(m).fill(1);
  const residuals = new Float64Array(m);
  const scales = new Array<number>(kinds).fill(1);
  let inverse: Float64Array | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const normal = new Float64Array(unknowns * unknowns);
    const right = new Float64Array(unknowns);
    for (let r = 0; r < m; r++) {
      for (let i = 0; i < unknowns; i++) {
        const wa = weights[r] * a[r * unknowns + i];
        right[i] += wa * b[r];
        for (let j = 0; j < unknowns; j++) normal[i * unknowns + j] += wa * a[r * unknowns + j];
      }
    }
    inverse = inverted(normal, unknowns);
    if (inverse === undefined) return undefined;
    const x = multiplied(inverse, right, unknowns);
    for (let r = 0; r < m; r++) {
      residuals[r] = b[r];
      for (let i = 0; i < unknowns; i++) residuals[r] -= a[r * unknowns + i] * x[i];
    }
    for (let k = 0; k < kinds; k++) {
      const own = residuals
        .filter((_, r) => r % kinds === k)
        .map(Math.abs)
        .sort();
      scales[k] = 1.4826 * own[own.length >> 1] + 1e-6;
    }
    let weighted = 0;
    let total = 0;
    for (let r = 0; r < m; r++) {
      const scale = scales[r % kinds];
      weights[r] = Math.min(1, (HUBER * scale) / Math.max(Math.abs(residuals[r]), 1e-12)) / scale ** 2;
      weighted += weights[r] * residuals[r] ** 2;
      total += weights[r] * scale ** 2;
    }
    if (round < ROUNDS - 1) continue;
    const variance = weighted / Math.max(total - unknowns, 1);
    const slopes = Array.from(x, (value, i) => ({
      value,
      sigma: Math.sqrt(Math.max((inverse as Float64Array)[i * unknowns + i] * variance, 1e-12)),
    }));
    return { slopes, scales };
  }
  return undefined;
}

function multiplied(matrix: Float64Array, vector: Float64Array, n: number): Float64Array {
  return vector.map((_, i) => vector.reduce((sum, value, j) => sum + matrix[i * n + j] * value, 0));
}

/** Gauss and Jordan with pivots on the diagonal; undefined where the matrix is singular. */
function inverted(matrix: Float64Array, n: number): Float64Array | undefined {
  const work = matrix.slice();
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  for (let p = 0; p < n; p++) {
    const pivot = work[p * n + p];
    if (!(pivot > 1e-12 * Math.max(matrix[p * n + p], 1e-12))) return undefined;
    for (let j = 0; j < n; j++) {
      work[p * n + j] /= pivot;
      out[p * n + j] /= pivot;
    }
    for (let i = 0; i < n; i++) {
      if (i === p) continue;
      const f = work[i * n + p];
      for (let j = 0; j < n; j++) {
        work[i * n + j] -= f * work[p * n + j];
        out[i * n + j] -= f * out[p * n + j];
      }
    }
  }
  return out;
}
