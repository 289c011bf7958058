import type { Breather } from '@gimbal/core';
import { createBandedMatrix, factorizeBanded, solveBanded } from './bandedCholesky.js';
import { inPieces, LIGHT_PIECE } from './inPieces.js';
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
  isDone(gap: number, x: Float64Array): Promise<boolean>;
}

/**
 * Mehrotra's predictor-corrector interior-point method (Nocedal and Wright 2006, algorithms 14.3 and 16.4), one banded Cholesky
 * factorization and two solves per iteration: O(n) each. Improves `x` in place.
 */
export async function interiorPoint(problem: InteriorPointProblem, x: Float64Array, breathe: Breather): Promise<void> {
  const { frames, terms, quadratic } = problem;
  const pairs = terms.reduce((sum, term) => sum + term.pairs, 0);
  const allocate = problem.allocate ?? allocateNew;
  const matrix = createBandedMatrix(x.length, problem.halfBandwidth, allocate);
  const width = problem.halfBandwidth + 1;
  const dx = allocate(x.length);
  const each = (work: (term: NewtonTerm, from: number, to: number) => void): Promise<void> =>
    inPieces(frames, breathe, (from, to) => {
      for (const term of terms) work(term, from, to);
    });
  const light = (work: (from: number, to: number) => void): Promise<void> =>
    inPieces(x.length, breathe, work, LIGHT_PIECE);
  const gapAfter = async (steps: StepLengths): Promise<number> => {
    let gap = 0;
    await each((term, from, to) => {
      gap += term.gapAfter(steps, from, to);
    });
    return gap;
  };
  const direct = async (target: number): Promise<StepLengths> => {
    dx.fill(0);
    await light((from, to) => quadratic.addGradient(dx, x, from, to));
    await each((term, from, to) => term.addGradient(dx, target, from, to));
    await solveBanded(matrix, dx, breathe);
    let primal = Number.POSITIVE_INFINITY;
    let dual = Number.POSITIVE_INFINITY;
    await each((term, from, to) => {
      const longest = term.direct(dx, target, from, to);
      primal = Math.min(primal, longest.primal);
      dual = Math.min(dual, longest.dual);
    });
    if (problem.sameStep) primal = dual = Math.min(primal, dual);
    return { primal: Math.min(1, TO_THE_BOUNDARY * primal), dual: Math.min(1, TO_THE_BOUNDARY * dual) };
  };

  await each((term, from, to) => term.start(x, problem.startingTarget, from, to));
  let gap = await gapAfter(NOWHERE);
  for (let iteration = 0; iteration < MOST_ITERATIONS && !(await problem.isDone(gap, x)); iteration++) {
    await light((from, to) => matrix.entries.fill(0, from * width, to * width));
    await light((from, to) => quadratic.addMatrix(matrix, from, to));
    await each((term, from, to) => term.addMatrix(matrix, from, to));
    await factorizeBanded(matrix, breathe);
    const predicted = await gapAfter(await direct(0));
    await each((term, from, to) => term.correct(from, to));
    const steps = await direct((gap / pairs) * Math.min(1, (predicted / gap) ** 3));
    await each((term, from, to) => term.advance(steps, from, to));
    await light((from, to) => {
      for (let k = from; k < to; k++) x[k] += steps.primal * dx[k];
    });
    gap = await gapAfter(NOWHERE);
  }
}
