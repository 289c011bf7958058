// The quadratic objective of `min-acceleration`: distance from the camera's path, and squared acceleration.
import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import { derivativeWeights } from '../signal/dividedDifferences.js';
import { sampleDurations } from '../signal/sampleDurations.js';
import type { BandedMatrix } from './bandedCholesky.js';
import type { QuadraticTerm } from './newtonTerm.js';

const SIZE = PARAMETERS_PER_FRAME;
/** Weight of the squared distance from where a frame is held. */
const HOLD = 1e6;

/** What {@link AccelerationEnergy} ties a path to. */
export interface Tether {
  /** Eight parameters per frame. */
  readonly anchor: Float64Array;
  /** Weight of each of the eight parameters. */
  readonly weights: ArrayLike<number>;
  /** Parameters, from the first, that must stay at the anchor. */
  readonly held: number;
}

/** ½ ∫ w |x − anchor|² + tau⁴ |x″|² dt, summed over the eight parameters; x is sampled at irregular times. */
export class AccelerationEnergy implements QuadraticTerm {
  /** Per second difference three weights: its square is tau⁴ |x″|² times the seconds that it stands for. */
  readonly #differences: Float64Array;
  /** The matrix of one parameter, the same for all: per frame its products with itself and the two before. */
  readonly #products: Float64Array;
  readonly #durations: Float64Array;
  readonly #tether: Tether;

  /** @param tau Seconds. */
  constructor(times: Float64Array, tau: number, tether: Tether) {
    const n = times.length;
    this.#tether = tether;
    this.#durations = sampleDurations(times);
    this.#differences = derivativeWeights(times, 2, tau ** 2);
    this.#products = new Float64Array(3 * n);
    for (let i = 0; i + 2 < n; i++) {
      // The weights hold the seconds once; a square needs their root.
      const root = 1 / Math.sqrt((times[i + 2] - times[i]) / 2);
      for (let a = 0; a < 3; a++) this.#differences[3 * i + a] *= root;
      for (let a = 0; a < 3; a++) {
        for (let b = 0; b <= a; b++) {
          this.#products[3 * (i + a) + a - b] += this.#differences[3 * i + a] * this.#differences[3 * i + b];
        }
      }
    }
  }

  #weight(row: number): number {
    const { weights, held } = this.#tether;
    return row < held ? HOLD : weights[row % SIZE] * this.#durations[Math.trunc(row / SIZE)];
  }

  addMatrix({ size, halfBandwidth, entries }: BandedMatrix): void {
    for (let row = 0; row < size; row++) {
      const k = Math.trunc(row / SIZE);
      const entry = row * (halfBandwidth + 1) + halfBandwidth;
      entries[entry] += this.#weight(row);
      for (let back = 0; back < 3 && back <= k; back++) entries[entry - back * SIZE] += this.#products[3 * k + back];
    }
  }

  addGradient(right: Float64Array, x: Float64Array): void {
    for (let row = 0; row < x.length; row++) {
      const k = Math.trunc(row / SIZE);
      right[row] -= this.#weight(row) * (x[row] - this.#tether.anchor[row]) + this.#products[3 * k] * x[row];
      for (let back = 1; back < 3 && back <= k; back++) {
        const value = this.#products[3 * k + back];
        right[row] -= value * x[row - back * SIZE];
        right[row - back * SIZE] -= value * x[row];
      }
    }
  }

  /** The energy of x. */
  value(x: Float64Array): number {
    let sum = 0;
    for (let row = this.#tether.held; row < x.length; row++) {
      sum += this.#weight(row) * (x[row] - this.#tether.anchor[row]) ** 2;
    }
    for (let row = 0; row + 2 * SIZE < x.length; row++) {
      const at = 3 * Math.trunc(row / SIZE);
      let bend = 0;
      for (let a = 0; a < 3; a++) bend += this.#differences[at + a] * x[row + a * SIZE];
      sum += bend * bend;
    }
    return sum / 2;
  }
}
