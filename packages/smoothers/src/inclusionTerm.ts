import { type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import type { BandedMatrix } from './bandedCholesky.js';
import { type BarrierTerm, NEWTON_HALF_BANDWIDTH, type StepLengths } from './barrierTerm.js';

const SIZE = PARAMETERS_PER_FRAME;

/**
 * The budget as inequalities `coefficients · (path − x) ≤ limits` in every frame: slack s and multiplier λ are the pair, and start with the
 * product `target`. The path itself must lie strictly inside (limits > 0 and x = path at the start do).
 */
export class InclusionTerm implements BarrierTerm {
  readonly pairs: number;
  readonly #rows: number;
  readonly #normals: Float64Array;
  readonly #slack: Float64Array;
  readonly #multiplier: Float64Array;
  readonly #slackStep: Float64Array;
  readonly #multiplierStep: Float64Array;
  readonly #block = new Float64Array(SIZE * SIZE);

  constructor(constraints: BudgetConstraints, limits: Float64Array, frames: number, target: number) {
    this.#rows = constraints.rows;
    this.#normals = constraints.coefficients;
    this.pairs = frames * constraints.rows;
    this.#slack = new Float64Array(this.pairs);
    this.#multiplier = new Float64Array(this.pairs);
    this.#slackStep = new Float64Array(this.pairs);
    this.#multiplierStep = new Float64Array(this.pairs);
    for (let at = 0; at < this.pairs; at++) {
      this.#slack[at] = limits[at % constraints.rows];
      this.#multiplier[at] = target / this.#slack[at];
    }
  }

  addNewton(matrix: BandedMatrix, right: Float64Array, target: number, from: number, to: number): void {
    const normals = this.#normals;
    const block = this.#block;
    const width = NEWTON_HALF_BANDWIDTH + 1;
    for (let i = from; i < to; i++) {
      block.fill(0);
      for (let r = 0; r < this.#rows; r++) {
        const at = i * this.#rows + r;
        const push = target / this.#slack[at];
        const stiffness = this.#multiplier[at] / this.#slack[at];
        const normal = r * SIZE;
        for (let j = 0; j < SIZE; j++) {
          const value = normals[normal + j];
          if (value === 0) continue;
          right[i * SIZE + j] += push * value;
          const scaled = stiffness * value;
          for (let l = 0; l <= j; l++) block[j * SIZE + l] += scaled * normals[normal + l];
        }
      }
      for (let j = 0; j < SIZE; j++) {
        const entry = (i * SIZE + j) * width + NEWTON_HALF_BANDWIDTH - j;
        for (let l = 0; l <= j; l++) matrix.entries[entry + l] += block[j * SIZE + l];
      }
    }
  }

  direct(dx: Float64Array, target: number, from: number, to: number): StepLengths {
    let primal = Number.POSITIVE_INFINITY;
    let dual = Number.POSITIVE_INFINITY;
    for (let i = from; i < to; i++) {
      for (let r = 0; r < this.#rows; r++) {
        const at = i * this.#rows + r;
        let ds = 0;
        for (let j = 0; j < SIZE; j++) ds += this.#normals[r * SIZE + j] * dx[i * SIZE + j];
        const slack = this.#slack[at];
        const multiplier = this.#multiplier[at];
        const dMultiplier = (target - multiplier * ds) / slack - multiplier;
        this.#slackStep[at] = ds;
        this.#multiplierStep[at] = dMultiplier;
        if (ds < 0) primal = Math.min(primal, -slack / ds);
        if (dMultiplier < 0) dual = Math.min(dual, -multiplier / dMultiplier);
      }
    }
    return { primal, dual };
  }

  advance(steps: StepLengths, from: number, to: number): void {
    for (let at = from * this.#rows; at < to * this.#rows; at++) {
      this.#slack[at] += steps.primal * this.#slackStep[at];
      this.#multiplier[at] += steps.dual * this.#multiplierStep[at];
    }
  }

  gap(from: number, to: number): number {
    let sum = 0;
    for (let at = from * this.#rows; at < to * this.#rows; at++) sum += this.#slack[at] * this.#multiplier[at];
    return sum;
  }

  /** Inequalities cost nothing as long as they hold. */
  objective(): number {
    return 0;
  }
}
