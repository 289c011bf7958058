import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import type { BandedMatrix } from './bandedCholesky.js';
import { type BarrierTerm, NEWTON_HALF_BANDWIDTH, type StepLengths } from './barrierTerm.js';

const SIZE = PARAMETERS_PER_FRAME;

/**
 * The term Σ |Σₐ w[i, a] x[i + a]| over all frames and parameters. With r = r⁺ − r⁻ and a multiplier −1 < y < 1 the pairs
 * are r⁺ (1 − y) and r⁻ (1 + y); both start out equal to `target`, in closed form.
 */
export class AbsoluteDerivative implements BarrierTerm {
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

  constructor(order: number, weights: Float64Array, x: Float64Array, target: number) {
    this.#taps = order + 1;
    this.#weights = weights;
    this.#count = weights.length / this.#taps;
    const length = this.#count * SIZE;
    this.pairs = 2 * length;
    this.#plus = new Float64Array(length);
    this.#minus = new Float64Array(length);
    this.#multiplier = new Float64Array(length);
    this.#plusStep = new Float64Array(length);
    this.#minusStep = new Float64Array(length);
    this.#multiplierStep = new Float64Array(length);
    for (let at = 0; at < length; at++) {
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

  addNewton(matrix: BandedMatrix, right: Float64Array, target: number, from: number, to: number): void {
    const entries = matrix.entries;
    const weights = this.#weights;
    const taps = this.#taps;
    const width = NEWTON_HALF_BANDWIDTH + 1;
    const end = Math.min(to, this.#count);
    for (let i = from; i < end; i++) {
      for (let j = 0, at = i * SIZE; j < SIZE; j++, at++) {
        const y = this.#multiplier[at];
        const up = 1 / (1 - y);
        const down = 1 / (1 + y);
        const stiffness = 1 / (this.#plus[at] * up + this.#minus[at] * down);
        const pull = stiffness * (target * (up - down) - this.#plus[at] + this.#minus[at]) - y;
        for (let a = 0; a < taps; a++) {
          const weight = weights[i * taps + a];
          const row = at + a * SIZE;
          right[row] += weight * pull;
          const scaled = weight * stiffness;
          let entry = row * width + NEWTON_HALF_BANDWIDTH - a * SIZE;
          for (let b = 0; b <= a; b++, entry += SIZE) entries[entry] += scaled * weights[i * taps + b];
        }
      }
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
      const stiffness = 1 / (plus * up + minus * down);
      const dy = stiffness * (this.#applied(dx, at) - target * (up - down) + plus - minus);
      const dPlus = (target + plus * dy) * up - plus;
      const dMinus = (target - minus * dy) * down - minus;
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

  advance(steps: StepLengths, from: number, to: number): void {
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = from * SIZE; at < end; at++) {
      this.#plus[at] += steps.primal * this.#plusStep[at];
      this.#minus[at] += steps.primal * this.#minusStep[at];
      this.#multiplier[at] += steps.dual * this.#multiplierStep[at];
    }
  }

  gap(from: number, to: number): number {
    let sum = 0;
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = from * SIZE; at < end; at++) {
      sum += this.#plus[at] * (1 - this.#multiplier[at]) + this.#minus[at] * (1 + this.#multiplier[at]);
    }
    return sum;
  }

  objective(from: number, to: number): number {
    let sum = 0;
    const end = Math.min(to, this.#count) * SIZE;
    for (let at = from * SIZE; at < end; at++) sum += Math.abs(this.#plus[at] - this.#minus[at]);
    return sum;
  }
}
