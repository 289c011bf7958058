// One step of the photometric alignment.
import { parameterFields } from '@gimbal/core/geometry';
import { GRID } from '../grid/gridPicture.js';
import { median } from './median.js';
import { smoothed } from './smoothing.js';
import { solvePositiveDefinite } from './solvePositiveDefinite.js';
import type { WarpedPair } from './warpPair.js';

/** Parameters of the motion, and of the exposure: brightness, contrast, two higher terms of the tone curve, and blur. */
const MOTION = 8;
const COUNT = MOTION + 5;

/** Residual in standard deviations whose weight is one half (Cauchy), and the least standard deviation as a share of the noise's. */
const OUTLIER = 4;
const LEAST = 0.5;

/** The scale of the residuals is taken from every fourth pixel. */
const SPARSE = 4;

/** Ridge, as a share of the diagonal: keeps undetermined parameters near zero. */
const RIDGE = 1e-7;

/**
 * How the scene of an overlay must move to explain the difference of the two pictures: least squares over all pixels, weighed by noise and by
 * how much they stray, for the eight parameters of a motion (`parametersToHomography`) together with what else tells the pictures apart.
 * @param moved Parameters by which the overlay lies apart from the start.
 * @param error Expected error of the start, in pixels along each axis.
 */
export function gaussNewtonStep(
  { scene, difference, variance, pixelWeight, pixels }: WarpedPair,
  moved: Float64Array,
  error: number,
): Float64Array | undefined {
  const scale = robustScale(difference, variance, pixels);
  const { mean, deviation } = statisticsOf(scene, pixels);
  const soft = smoothed(scene, GRID, 1);
  const matrix = new Float64Array(COUNT * COUNT);
  const right = new Float64Array(COUNT);
  const fields = new Float64Array(2 * MOTION);
  const row = new Float64Array(COUNT);
  const middle = (GRID - 1) / 2;
  const radius = middle * Math.SQRT2;
  for (const i of pixels) {
    const gx = (scene[i + 1] - scene[i - 1]) / 2;
    const gy = (scene[i + GRID] - scene[i - GRID]) / 2;
    const residual = difference[i] / (OUTLIER * scale * Math.sqrt(variance[i]));
    const weight = pixelWeight[i] / (variance[i] * (1 + residual * residual));
    motionFields(((i % GRID) - middle) / radius, (Math.floor(i / GRID) - middle) / radius, fields);
    for (let k = 0; k < MOTION; k++) row[k] = fields[k] * gx + fields[k + MOTION] * gy;
    const level = (scene[i] - mean) / deviation;
    row[8] = 1;
    row[9] = level;
    row[10] = level * level;
    row[11] = level * level * level;
    row[12] = scene[i] - soft[i];
    for (let j = 0; j < COUNT; j++) {
      const value = weight * row[j];
      right[j] += value * difference[i];
      for (let k = 0; k <= j; k++) matrix[j * COUNT + k] += value * row[k];
    }
  }
  addStartPrior(matrix, right, moved, (scale / error) ** 2);
  let trace = 0;
  for (let k = 0; k < MOTION; k++) trace += matrix[k * COUNT + k];
  for (let k = 0; k < COUNT; k++) {
    matrix[k * COUNT + k] += RIDGE * (k < MOTION ? trace / MOTION : matrix[k * COUNT + k]) + 1e-12;
  }
  return solvePositiveDefinite(matrix, right) ? right.slice(0, MOTION) : undefined;
}

/** What `parameterFields` gives, without a list of its own for each pixel. */
function motionFields(u: number, v: number, out: Float64Array): void {
  out[0] = 1;
  out[2] = -v;
  out[3] = u;
  out[4] = u;
  out[5] = v;
  out[6] = u * u;
  out[7] = u * v;
  out[9] = 1;
  out[10] = u;
  out[11] = v;
  out[12] = -v;
  out[13] = u;
  out[14] = u * v;
  out[15] = v * v;
}

/** Adds the prior: each corner lies where the start puts it, up to its expected error. */
function addStartPrior(matrix: Float64Array, right: Float64Array, moved: Float64Array, weight: number): void {
  for (const [u, v] of CORNERS) {
    const fields = parameterFields(u, v);
    for (const axis of [fields.subarray(0, MOTION), fields.subarray(MOTION)]) {
      let off = 0;
      for (let k = 0; k < MOTION; k++) off -= axis[k] * moved[k];
      for (let j = 0; j < MOTION; j++) {
        right[j] += weight * axis[j] * off;
        for (let k = 0; k <= j; k++) matrix[j * COUNT + k] += weight * axis[j] * axis[k];
      }
    }
  }
}

const CORNERS = [
  [-Math.SQRT1_2, -Math.SQRT1_2],
  [Math.SQRT1_2, -Math.SQRT1_2],
  [-Math.SQRT1_2, Math.SQRT1_2],
  [Math.SQRT1_2, Math.SQRT1_2],
] as const;

/** Standard deviation of the differences in units of what noise alone gives them. */
function robustScale(difference: Float32Array, variance: Float32Array, pixels: Uint16Array): number {
  const sparse = pixels.filter((_, k) => k % SPARSE === 0);
  const off = Float32Array.from(sparse, (i) => Math.abs(difference[i]) / Math.sqrt(variance[i]));
  return Math.max(1.4826 * median(off), LEAST);
}

function statisticsOf(scene: Float32Array, pixels: Uint16Array): { readonly mean: number; readonly deviation: number } {
  let [sum, squares] = [0, 0];
  for (const i of pixels) {
    sum += scene[i];
    squares += scene[i] * scene[i];
  }
  const mean = sum / pixels.length;
  return { mean, deviation: Math.sqrt(Math.max(squares / pixels.length - mean * mean, 0)) + 1e-6 };
}
