// What the interior-point method asks of each term of an objective.
import type { BandedMatrix } from './bandedCholesky.js';

/** Steps, as fractions of a direction, for the primal and the dual variables. */
export interface StepLengths {
  readonly primal: number;
  readonly dual: number;
}

/**
 * One kind of non-smooth term in a primal-dual interior-point iteration: a sum of absolute values, or a set of inequalities. Its own
 * variables come in pairs whose products all go to zero; they are eliminated, so that Newton's equations are in the unknowns x alone.
 * All methods work on the frames `from` (inclusive) to `to` (exclusive), see frameBlocks.
 */
export interface NewtonTerm {
  /** Number of complementary pairs. */
  readonly pairs: number;
  /** Sets the term's own variables for an iteration that starts at x, so that the pairs have the product `target`. */
  start(x: Float64Array, target: number, from: number, to: number): void;
  addMatrix(matrix: BandedMatrix, from: number, to: number): void;
  /** Adds the negative gradient. `target` is the product that every pair should have after the step. */
  addGradient(right: Float64Array, target: number, from: number, to: number): void;
  /** Derives the direction of the term's own variables from that of x; gives the longest steps that keep them positive. */
  direct(dx: Float64Array, target: number, from: number, to: number): StepLengths;
  /** Remembers the second-order error of the last direction; the next gradient and direction make up for it. */
  correct(from: number, to: number): void;
  /** Sum of the products of the pairs, as it would be after a step. */
  gapAfter(steps: StepLengths, from: number, to: number): number;
  advance(steps: StepLengths, from: number, to: number): void;
}

/** The quadratic part of the objective, over the unknowns. */
export interface QuadraticTerm {
  addMatrix(matrix: BandedMatrix): void;
  /** Adds the negative gradient at x. */
  addGradient(right: Float64Array, x: Float64Array): void;
}
