// Mehrotra's interior-point method over a banded system.
import { createBandedMatrix, factorizeBanded, solveBanded } from './bandedCholesky.js';
import { frameBlocks } from './frameBlocks.js';
import type { NewtonTerm, QuadraticTerm, StepLengths } from './newtonTerm.js';
import { type Allocate, allocateNew } from './scratchArrays.js';

const MOST_ITERATIONS = 50;
const TO_THE_BOUNDARY = 0.995;
const NOWHERE: StepLengths = { primal: 0, dual: 0 };

export interface InteriorPointProblem {
  /** Number of frames that the terms run over. */
  readonly frames: number;
  readonly halfBandwidth: number;
  readonly quadratic: QuadraticTerm;
  readonly terms: readonly NewtonTerm[];
  /** Whether x and the multipliers must take steps of the same length, as a quadratic objective wants it. */
  readonly sameStep: boolean;
  /** Product of every pair at the start. */
  readonly startingTarget: number;
  /** Where the method's own arrays come from. */
  readonly allocate?: Allocate;
  /** Whether a duality gap is small enough at x. */
  isDone(gap: number, x: Float64Array): boolean;
}

/**
 * Mehrotra's predictor-corrector interior-point method (Nocedal and Wright 2006, algorithms 14.3 and 16.4), one banded Cholesky
 * factorization and two solves per iteration: O(n) each. Improves `x` in place.
 */
export function interiorPoint(problem: InteriorPointProblem, x: Float64Array): void {
  const { frames, terms, quadratic } = problem;
  const pairs = terms.reduce((sum, term) => sum + term.pairs, 0);
  const allocate = problem.allocate ?? allocateNew;
  const matrix = createBandedMatrix(x.length, problem.halfBandwidth, allocate);
  const dx = allocate(x.length);
  const each = (work: (term: NewtonTerm, from: number, to: number) => void): void =>
    frameBlocks(frames, (from, to) => {
      for (const term of terms) work(term, from, to);
    });
  const gapAfter = (steps: StepLengths): number => {
    let gap = 0;
    each((term, from, to) => {
      gap += term.gapAfter(steps, from, to);
    });
    return gap;
  };
  const direct = (target: number): StepLengths => {
    dx.fill(0);
    quadratic.addGradient(dx, x);
    each((term, from, to) => term.addGradient(dx, target, from, to));
    solveBanded(matrix, dx);
    let primal = Number.POSITIVE_INFINITY;
    let dual = Number.POSITIVE_INFINITY;
    each((term, from, to) => {
      const longest = term.direct(dx, target, from, to);
      primal = Math.min(primal, longest.primal);
      dual = Math.min(dual, longest.dual);
    });
    if (problem.sameStep) primal = dual = Math.min(primal, dual);
    return { primal: Math.min(1, TO_THE_BOUNDARY * primal), dual: Math.min(1, TO_THE_BOUNDARY * dual) };
  };

  each((term, from, to) => term.start(x, problem.startingTarget, from, to));
  let gap = gapAfter(NOWHERE);
  for (let iteration = 0; iteration < MOST_ITERATIONS && !problem.isDone(gap, x); iteration++) {
    matrix.entries.fill(0);
    quadratic.addMatrix(matrix);
    each((term, from, to) => term.addMatrix(matrix, from, to));
    factorizeBanded(matrix);
    const predicted = gapAfter(direct(0));
    each((term, from, to) => term.correct(from, to));
    const steps = direct((gap / pairs) * Math.min(1, (predicted / gap) ** 3));
    each((term, from, to) => term.advance(steps, from, to));
    for (let k = 0; k < x.length; k++) x[k] += steps.primal * dx[k];
    gap = gapAfter(NOWHERE);
  }
}
