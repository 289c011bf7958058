import { type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import type { FrameBasis } from '../budget/frameBasis.js';
import type { BandedMatrix } from './bandedCholesky.js';
import type { NewtonTerm, StepLengths } from './newtonTerm.js';
import { type Allocate, allocateNew } from './scratchArrays.js';

const SIZE = PARAMETERS_PER_FRAME;
/** Slacks start no smaller than this share of their limit, whether or not the start keeps it. */
const LEAST_START = 0.5;

export interface InclusionOptions {
  /** How the eight parameters of a frame depend on the unknowns. */
  readonly basis: FrameBasis;
  /** Eight parameters per frame that x is held against. */
  readonly path: Float64Array;
  readonly constraints: BudgetConstraints;
  readonly limits: Float64Array;
  /** Per frame 1 / ρ: a violation t costs ½ ρ t². Zero: none is allowed, and the start must be strictly inside. */
  readonly give: Float64Array;
  /** Per frame the stiffness below which a constraint is left out of the matrix (not of the gradient). */
  readonly negligible: Float64Array;
  /** Where the term's own arrays come from. */
  readonly allocate?: Allocate;
}

/**
 * The budget as inequalities `coefficients · (path − x) ≤ limits` in every frame, hard or elastic. Slack s and multiplier λ are the pair, and
 * end up with s = limit − coefficients · (path − x) + λ / ρ; what that equation lacks at the start shrinks with every step.
 */
export class InclusionTerm implements NewtonTerm {
  readonly pairs: number;
  readonly #options: InclusionOptions;
  readonly #rows: number;
  readonly #normals: Float64Array;
  /** Per row the range of columns outside of which its coefficients are zero: most rows bound a single parameter. */
  readonly #first: Int32Array;
  readonly #end: Int32Array;
  readonly #slack: Float64Array;
  readonly #multiplier: Float64Array;
  readonly #residual: Float64Array;
  readonly #slackStep: Float64Array;
  readonly #multiplierStep: Float64Array;
  readonly #error: Float64Array;
  readonly #block = new Float64Array(SIZE * SIZE);
  readonly #pull = new Float64Array(SIZE);

  constructor(options: InclusionOptions) {
    const { constraints, give, allocate = allocateNew } = options;
    this.#options = options;
    this.#rows = constraints.rows;
    this.#normals = constraints.coefficients;
    this.#first = new Int32Array(constraints.rows);
    this.#end = new Int32Array(constraints.rows);
    for (let r = 0; r < constraints.rows; r++) {
      const own = constraints.coefficients.subarray(r * SIZE, r * SIZE + SIZE);
      this.#first[r] = Math.max(
        0,
        own.findIndex((value) => value !== 0),
      );
      this.#end[r] = own.findLastIndex((value) => value !== 0) + 1;
    }
    this.pairs = give.length * constraints.rows;
    this.#slack = allocate(this.pairs);
    this.#multiplier = allocate(this.pairs);
    this.#residual = allocate(this.pairs);
    this.#slackStep = allocate(this.pairs);
    this.#multiplierStep = allocate(this.pairs);
    this.#error = allocate(this.pairs);
  }

  start(x: Float64Array, target: number, from: number, to: number): void {
    const { basis, path, limits, give } = this.#options;
    const own = this.#pull;
    for (let i = from; i < to; i++) {
      basis.evaluate(x, i, own);
      for (let j = 0; j < SIZE; j++) own[j] = path[i * SIZE + j] - own[j];
      for (let r = 0; r < this.#rows; r++) {
        const at = i * this.#rows + r;
        const room = limits[r] - this.#along(r, own);
        this.#slack[at] = Math.max(room, LEAST_START * limits[r]);
        this.#multiplier[at] = target / this.#slack[at];
        this.#residual[at] = room + give[i] * this.#multiplier[at] - this.#slack[at];
      }
    }
  }

  #along(r: number, v: Float64Array): number {
    let sum = 0;
    for (let j = this.#first[r]; j < this.#end[r]; j++) sum += this.#normals[r * SIZE + j] * v[j];
    return sum;
  }

  addMatrix(matrix: BandedMatrix, from: number, to: number): void {
    const { basis, give, negligible } = this.#options;
    const [rows, normals, first, end] = [this.#rows, this.#normals, this.#first, this.#end];
    const [slacks, multipliers, block] = [this.#slack, this.#multiplier, this.#block];
    for (let i = from; i < to; i++) {
      let matters = false;
      for (let r = 0; r < rows; r++) {
        const at = i * rows + r;
        const stiffness = multipliers[at] / (slacks[at] + multipliers[at] * give[i]);
        if (stiffness < negligible[i]) continue;
        if (!matters) block.fill(0);
        matters = true;
        for (let j = first[r]; j < end[r]; j++) {
          const scaled = stiffness * normals[r * SIZE + j];
          for (let l = first[r]; l <= j; l++) block[j * SIZE + l] += scaled * normals[r * SIZE + l];
        }
      }
      if (matters) basis.addBlock(matrix, i, block);
    }
  }

  addGradient(right: Float64Array, target: number, from: number, to: number): void {
    const { basis, give } = this.#options;
    const [rows, normals, first, end] = [this.#rows, this.#normals, this.#first, this.#end];
    const [slacks, multipliers, residuals, errors] = [this.#slack, this.#multiplier, this.#residual, this.#error];
    const pull = this.#pull;
    for (let i = from; i < to; i++) {
      pull.fill(0);
      for (let r = 0; r < rows; r++) {
        const at = i * rows + r;
        const multiplier = multipliers[at];
        const wanted = target - errors[at] + multiplier * (multiplier * give[i] - residuals[at]);
        const push = wanted / (slacks[at] + multiplier * give[i]);
        for (let j = first[r]; j < end[r]; j++) pull[j] += push * normals[r * SIZE + j];
      }
      basis.addVector(right, i, pull);
    }
  }

  direct(dx: Float64Array, target: number, from: number, to: number): StepLengths {
    const { basis, give } = this.#options;
    const own = this.#pull;
    const [rows, normals, first, end] = [this.#rows, this.#normals, this.#first, this.#end];
    const [slacks, multipliers, residuals, errors] = [this.#slack, this.#multiplier, this.#residual, this.#error];
    const [slackStep, multiplierStep] = [this.#slackStep, this.#multiplierStep];
    let primal = Number.POSITIVE_INFINITY;
    let dual = Number.POSITIVE_INFINITY;
    for (let i = from; i < to; i++) {
      basis.evaluate(dx, i, own);
      for (let r = 0; r < rows; r++) {
        const at = i * rows + r;
        let along = 0;
        for (let j = first[r]; j < end[r]; j++) along += normals[r * SIZE + j] * own[j];
        const room = residuals[at] + along;
        const slack = slacks[at];
        const multiplier = multipliers[at];
        const wanted = target - errors[at] - slack * multiplier;
        const dMultiplier = (wanted - multiplier * room) / (slack + multiplier * give[i]);
        const dSlack = room + dMultiplier * give[i];
        multiplierStep[at] = dMultiplier;
        slackStep[at] = dSlack;
        if (dSlack < 0) primal = Math.min(primal, -slack / dSlack);
        if (dMultiplier < 0) dual = Math.min(dual, -multiplier / dMultiplier);
      }
    }
    return { primal, dual };
  }

  correct(from: number, to: number): void {
    for (let at = from * this.#rows; at < to * this.#rows; at++) {
      this.#error[at] = this.#slackStep[at] * this.#multiplierStep[at];
    }
  }

  gapAfter({ primal, dual }: StepLengths, from: number, to: number): number {
    const [slacks, multipliers, slackStep, multiplierStep] = [
      this.#slack,
      this.#multiplier,
      this.#slackStep,
      this.#multiplierStep,
    ];
    let sum = 0;
    for (let at = from * this.#rows; at < to * this.#rows; at++) {
      const slack = slacks[at] + primal * slackStep[at];
      sum += slack * (multipliers[at] + dual * multiplierStep[at]);
    }
    return sum;
  }

  advance({ primal, dual }: StepLengths, from: number, to: number): void {
    for (let at = from * this.#rows; at < to * this.#rows; at++) {
      this.#slack[at] += primal * this.#slackStep[at];
      this.#multiplier[at] += dual * this.#multiplierStep[at];
      this.#residual[at] *= 1 - primal;
      this.#error[at] = 0;
    }
  }
}
