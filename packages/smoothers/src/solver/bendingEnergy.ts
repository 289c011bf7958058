// The quadratic objective of a bend: its size, and its squared third derivative.
import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import type { SplineGrid } from '../signal/cubicSpline.js';
import type { BandedMatrix } from './bandedCholesky.js';
import type { QuadraticTerm } from './newtonTerm.js';

const SIZE = PARAMETERS_PER_FRAME;

/** ½ ∫ |e|² + tau⁶ |e‴|² dt of a cubic spline e, summed over the eight parameters. */
export class BendingEnergy implements QuadraticTerm {
  /** The matrix of one parameter, which is the same for all: per group of coefficients its products with itself and the three before. */
  readonly #products: Float64Array;

  /** @param durations Seconds that each time stamp stands for. @param tau Seconds. */
  constructor(grid: SplineGrid, durations: Float64Array, tau: number) {
    this.#products = new Float64Array(4 * grid.groups);
    // The third derivative of a cubic is constant between knots.
    const third = Float64Array.of(-1, 3, -3, 1);
    const stiffness = grid.spacing * (tau / grid.spacing) ** 6;
    for (let k = 0; k + 3 < grid.groups; k++) this.#add(k, third, 0, stiffness);
    for (let i = 0; i < durations.length; i++) this.#add(grid.first[i], grid.weights, 4 * i, durations[i]);
  }

  #add(first: number, v: Float64Array, at: number, scale: number): void {
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b <= a; b++) this.#products[4 * (first + a) + a - b] += scale * v[at + a] * v[at + b];
    }
  }

  addMatrix({ size, halfBandwidth, entries }: BandedMatrix): void {
    for (let row = 0; row < size; row++) {
      const k = Math.trunc(row / SIZE);
      const entry = row * (halfBandwidth + 1) + halfBandwidth;
      for (let back = 0; back < 4 && back <= k; back++) entries[entry - back * SIZE] += this.#products[4 * k + back];
    }
  }

  addGradient(right: Float64Array, x: Float64Array): void {
    for (let row = 0; row < x.length; row++) {
      const k = Math.trunc(row / SIZE);
      right[row] -= this.#products[4 * k] * x[row];
      for (let back = 1; back < 4 && back <= k; back++) {
        const value = this.#products[4 * k + back];
        right[row] -= value * x[row - back * SIZE];
        right[row - back * SIZE] -= value * x[row];
      }
    }
  }

  /** The energy of x, without the half. */
  value(x: Float64Array): number {
    const gradient = new Float64Array(x.length);
    this.addGradient(gradient, x);
    let sum = 0;
    for (let row = 0; row < x.length; row++) sum -= gradient[row] * x[row];
    return sum;
  }
}
