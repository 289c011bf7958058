// A term of the interior-point method: the sum of absolute values of a derivative of the path.
import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import type { BandedMatrix } from './bandedCholesky.js';
import type { NewtonTerm, StepLengths } from './newtonTerm.js';
import { type Allocate, allocateNew } from './scratchArrays.js';

const SIZE = PARAMETERS_PER_FRAME;

/**
 * The term Σ |Σₐ w[i, a] x[i + a]| over all frames and parameters. With r = r⁺ − r⁻ and a multiplier −1 < y < 1 the pairs
 * are r⁺ (1 − y) and r⁻ (1 + y); both start out equal to `target`, in closed form.
 */
export class AbsoluteDerivative implements NewtonTerm {
  readonly pairs: number;
  readonly #taps: number;
  readonly #count: number;
  readonly #weights: Float64Array;
  readonly #plus: Float64Array;
  readonly #minus: Float64Array;
  readonly #multiplier: Float64Array;
  readonly #plusStep: Float64Array;
  readonly #minusStep: Float64Array;
  readonly #multiplierStep: Float64Array;
  readonly #plusError: Float64Array;
  readonly #minusError: Float64Array;

  /** @param weights `order + 1` per frame that has so many successors. */
  constructor(order: number, weights: Float64Array, allocate: Allocate = allocateNew) {
    this.#taps = order + 1;
    this.#weights = weights;
    this.#count = weights.length / this.#taps;
    const length = this.#count * SIZE;
    this.pairs = 2 * length;
    this.#plus = allocate(length);
    this.#minus = allocate(length);
    this.#multiplier = allocate(length);
    this.#plusStep = allocate(length);
    this.#minusStep = allocate(length);
    this.#multiplierStep = allocate(length);
    this.#plusError = allocate(length);
    this.#minusError = allocate(length);
  }

  start(x: Float64Array, target: number, from: number, to: number): void {
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = from * SIZE; at < end; at++) {
      const r = this.#applied(x, at);
      const y = r / (target + Math.hypot(target, r));
      this.#multiplier[at] = y;
      this.#plus[at] = target / (1 - y);
      this.#minus[at] = target / (1 + y);
    }
  }

  #applied(x: Float64Array, at: number): number {
    const taps = this.#taps;
    let tap = Math.trunc(at / SIZE) * taps;
    let sum = 0;
    for (let a = 0, k = at; a < taps; a++, k += SIZE) sum += this.#weights[tap++] * x[k];
    return sum;
  }

  addMatrix(matrix: BandedMatrix, from: number, to: number): void {
    const { entries, halfBandwidth } = matrix;
    const weights = this.#weights;
    const taps = this.#taps;
    const end = Math.min(to, this.#count);
    for (let i = from; i < end; i++) {
      for (let j = 0, at = i * SIZE; j < SIZE; j++, at++) {
        const y = this.#multiplier[at];
        const stiffness = 1 / (this.#plus[at] / (1 - y) + this.#minus[at] / (1 + y));
        for (let a = 0; a < taps; a++) {
          const scaled = weights[i * taps + a] * stiffness;
          let entry = (at + a * SIZE) * (halfBandwidth + 1) + halfBandwidth - a * SIZE;
          for (let b = 0; b <= a; b++, entry += SIZE) entries[entry] += scaled * weights[i * taps + b];
        }
      }
    }
  }

  addGradient(right: Float64Array, target: number, from: number, to: number): void {
    const taps = this.#taps;
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = from * SIZE; at < end; at++) {
      const y = this.#multiplier[at];
      const up = 1 / (1 - y);
      const down = 1 / (1 + y);
      const plus = this.#plus[at];
      const minus = this.#minus[at];
      const wanted = (target - this.#plusError[at]) * up - (target - this.#minusError[at]) * down;
      const pull = (wanted - plus + minus) / (plus * up + minus * down) - y;
      let tap = Math.trunc(at / SIZE) * taps;
      for (let a = 0, k = at; a < taps; a++, k += SIZE) right[k] += this.#weights[tap++] * pull;
    }
  }

  direct(dx: Float64Array, target: number, from: number, to: number): StepLengths {
    let primal = Number.POSITIVE_INFINITY;
    let dual = Number.POSITIVE_INFINITY;
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = from * SIZE; at < end; at++) {
      const y = this.#multiplier[at];
      const plus = this.#plus[at];
      const minus = this.#minus[at];
      const up = 1 / (1 - y);
      const down = 1 / (1 + y);
      const plusTarget = target - this.#plusError[at];
      const minusTarget = target - this.#minusError[at];
      const wanted = plusTarget * up - minusTarget * down;
      const dy = (this.#applied(dx, at) - wanted + plus - minus) / (plus * up + minus * down);
      const dPlus = (plusTarget + plus * dy) * up - plus;
      const dMinus = (minusTarget - minus * dy) * down - minus;
      this.#multiplierStep[at] = dy;
      this.#plusStep[at] = dPlus;
      this.#minusStep[at] = dMinus;
      if (dPlus < 0) primal = Math.min(primal, -plus / dPlus);
      if (dMinus < 0) primal = Math.min(primal, -minus / dMinus);
      if (dy > 0) dual = Math.min(dual, (1 - y) / dy);
      else if (dy < 0) dual = Math.min(dual, -(1 + y) / dy);
    }
    return { primal, dual };
  }

  correct(from: number, to: number): void {
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = from * SIZE; at < end; at++) {
      this.#plusError[at] = -this.#plusStep[at] * this.#multiplierStep[at];
      this.#minusError[at] = this.#minusStep[at] * this.#multiplierStep[at];
    }
  }

  gapAfter({ primal, dual }: StepLengths, from: number, to: number): number {
    let sum = 0;
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = from * SIZE; at < end; at++) {
      const y = this.#multiplier[at] + dual * this.#multiplierStep[at];
      sum += (this.#plus[at] + primal * this.#plusStep[at]) * (1 - y);
      sum += (this.#minus[at] + primal * this.#minusStep[at]) * (1 + y);
    }
    return sum;
  }

  advance(steps: StepLengths, from: number, to: number): void {
    const start = from * SIZE;
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = start; at < end; at++) {
      this.#plus[at] += steps.primal * this.#plusStep[at];
      this.#minus[at] += steps.primal * this.#minusStep[at];
      this.#multiplier[at] += steps.dual * this.#multiplierStep[at];
    }
    if (end > start) {
      this.#plusError.fill(0, start, end);
      this.#minusError.fill(0, start, end);
    }
  }

  /** Sum of the absolute values themselves. */
  value(from: number, to: number): number {
    let sum = 0;
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = from * SIZE; at < end; at++) sum += Math.abs(this.#plus[at] - this.#minus[at]);
    return sum;
  }
}
