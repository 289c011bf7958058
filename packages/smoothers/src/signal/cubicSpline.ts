// Cubic B-splines on an even grid, over irregular times.
import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import type { FrameBasis } from '../budget/frameBasis.js';
import type { BandedMatrix } from '../solver/bandedCholesky.js';

const SIZE = PARAMETERS_PER_FRAME;
/** Four neighbouring groups of eight coefficients depend on one another. */
export const SPLINE_HALF_BANDWIDTH = 4 * SIZE - 1;

/**
 * Uniform cubic B-splines of eight parameters over a path's time stamps (de Boor 1978, chapter IX). Coefficients come in groups of eight,
 * three groups more than there are intervals between knots.
 */
export class SplineGrid implements FrameBasis {
  /** Seconds between knots. */
  readonly spacing: number;
  /** Number of groups of eight coefficients. */
  readonly groups: number;
  /** Per time stamp the first of the four groups that it depends on. */
  readonly first: Int32Array;
  /** Per time stamp the weights of those four. */
  readonly weights: Float64Array;

  /** @param spacing Seconds between knots, about: a whole number of intervals must fit. */
  constructor(times: Float64Array, spacing: number) {
    const n = times.length;
    const duration = times[n - 1] - times[0];
    const intervals = Math.max(1, Math.round(duration / spacing));
    this.spacing = duration / intervals;
    this.groups = intervals + 3;
    this.first = new Int32Array(n);
    this.weights = new Float64Array(4 * n);
    for (let i = 0; i < n; i++) {
      const x = (times[i] - times[0]) / this.spacing;
      const k = Math.min(intervals - 1, Math.trunc(x));
      const u = x - k;
      const v = 1 - u;
      this.first[i] = k;
      this.weights[4 * i] = (v * v * v) / 6;
      this.weights[4 * i + 1] = (3 * u * u * u - 6 * u * u + 4) / 6;
      this.weights[4 * i + 2] = (3 * v * v * v - 6 * v * v + 4) / 6;
      this.weights[4 * i + 3] = (u * u * u) / 6;
    }
  }

  /** Fills `out` with the eight values at time stamp `i`. */
  evaluate(coefficients: Float64Array, i: number, out: Float64Array): void {
    const at = this.first[i] * SIZE;
    const a = this.weights[4 * i];
    const b = this.weights[4 * i + 1];
    const c = this.weights[4 * i + 2];
    const d = this.weights[4 * i + 3];
    for (let j = 0; j < SIZE; j++) {
      out[j] =
        a * coefficients[at + j] +
        b * coefficients[at + SIZE + j] +
        c * coefficients[at + 2 * SIZE + j] +
        d * coefficients[at + 3 * SIZE + j];
    }
  }

  addVector(coefficients: Float64Array, i: number, v: Float64Array): void {
    for (let a = 0; a < 4; a++) {
      const weight = this.weights[4 * i + a];
      const at = (this.first[i] + a) * SIZE;
      for (let j = 0; j < SIZE; j++) coefficients[at + j] += weight * v[j];
    }
  }

  addBlock({ entries, halfBandwidth }: BandedMatrix, i: number, block: Float64Array): void {
    for (let j = 0; j < SIZE; j++) for (let l = 0; l < j; l++) block[l * SIZE + j] = block[j * SIZE + l];
    for (let a = 0; a < 4; a++) {
      const row = (this.first[i] + a) * SIZE;
      for (let b = 0; b <= a; b++) {
        const scale = this.weights[4 * i + a] * this.weights[4 * i + b];
        for (let j = 0; j < SIZE; j++) {
          const at = (row + j) * (halfBandwidth + 1) + halfBandwidth - j - (a - b) * SIZE;
          const last = a === b ? j : SIZE - 1;
          for (let l = 0; l <= last; l++) entries[at + l] += scale * block[j * SIZE + l];
        }
      }
    }
  }
}
