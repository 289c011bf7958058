import type { BandedMatrix } from './bandedCholesky.js';

/** Half the bandwidth of the Newton matrix: a third difference couples a parameter with its own value three frames earlier. */
export const NEWTON_HALF_BANDWIDTH = 24;

/** Longest steps, as fractions of the direction, that keep the primal and the dual variables positive. */
export interface StepLengths {
  readonly primal: number;
  readonly dual: number;
}

/**
 * One kind of term in a primal-dual interior-point iteration over a path of eight parameters per frame: a sum of absolute values,
 * or a set of inequalities. Its own variables are eliminated, so that Newton's equations are in the path alone. All methods work
 * on the frames `from` (inclusive) to `to` (exclusive), so that a long path can be done in pieces.
 */
export interface BarrierTerm {
  /** Number of complementary pairs. */
  readonly pairs: number;
  /** Adds to Newton's matrix, and the negative gradient to the right-hand side. `target` is the product every pair should have. */
  addNewton(matrix: BandedMatrix, right: Float64Array, target: number, from: number, to: number): void;
  /** From the path's direction derives the direction of the term's own variables. */
  direct(dx: Float64Array, target: number, from: number, to: number): StepLengths;
  advance(steps: StepLengths, from: number, to: number): void;
  /** Sum of the products of the pairs: the term's part of the duality gap. */
  gap(from: number, to: number): number;
  /** The term's part of the objective. */
  objective(from: number, to: number): number;
}
