import { type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { AbsoluteDerivative } from './absoluteDerivative.js';
import { createBandedMatrix, factorizeBanded, solveBanded } from './bandedCholesky.js';
import { type BarrierTerm, NEWTON_HALF_BANDWIDTH, type StepLengths } from './barrierTerm.js';
import type { Breather } from './breather.js';
import { derivativeWeights } from './dividedDifferences.js';
import { InclusionTerm } from './inclusionTerm.js';

const SIZE = PARAMETERS_PER_FRAME;
const MOST_ITERATIONS = 80;
const RELATIVE_GAP = 1e-4;
/** Weight of the squared distance from the path, in units of the budget: makes the solution unique where the L1 terms do not care. */
const TETHER = 1e-4;
const FRAMES_BETWEEN_BREATHS = 256;

/** Weights of the integrals of |x′|, |x″| (seconds) and |x‴| (seconds²). */
export type DerivativeCosts = readonly [number, number, number];

/**
 * The path x that minimises ∫ c₁|x′| + c₂|x″| + c₃|x‴| dt, summed over the eight parameters, subject to
 * `coefficients · (path − x) ≤ limits` at every frame: Grundmann, Kwatra and Essa 2011, with exact inclusion constraints and irregular
 * time steps. A primal-dual interior-point method (Nocedal and Wright, chapter 14) of which every step is one banded Cholesky
 * factorization: O(n) time and memory. Starts from x = path, which is strictly feasible, and stays so.
 */
export async function l1Path(
  times: Float64Array,
  path: Float64Array,
  constraints: BudgetConstraints,
  limits: Float64Array,
  costs: DerivativeCosts,
  breathe: Breather,
): Promise<Float64Array> {
  const n = times.length;
  // In units of the budget, so that tolerances mean the same for any frame size.
  const unit = Math.min(...limits);
  const goal = path.map((value) => value / unit);
  const x = Float64Array.from(goal);
  const derivatives = derivativeWeights(times);
  const weights = derivatives.weights.map((own, k) =>
    own.map((value, i) => value * costs[k] * derivatives.durations[k][Math.trunc(i / (k + 2))]),
  );
  const target = startingTarget(weights[0], goal);
  const terms: BarrierTerm[] = weights.map((own, k) => new AbsoluteDerivative(k + 1, own, x, target));
  terms.push(
    new InclusionTerm(
      constraints,
      limits.map((limit) => limit / unit),
      n,
      target,
    ),
  );
  const pairs = terms.reduce((sum, term) => sum + term.pairs, 0);

  const matrix = createBandedMatrix(n * SIZE, NEWTON_HALF_BANDWIDTH);
  const direction = new Float64Array(n * SIZE);
  const total = async (of: 'gap' | 'objective'): Promise<number> => {
    let sum = 0;
    await inPieces(n, breathe, (from, to) => {
      for (const term of terms) sum += term[of](from, to);
    });
    return sum;
  };

  let centring = 0.2;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const gap = await total('gap');
    if (gap < RELATIVE_GAP * (await total('objective')) + 1e-9 * pairs) break;
    const wanted = (centring * gap) / pairs;
    matrix.entries.fill(0);
    await inPieces(n, breathe, (from, to) => {
      for (let at = from * SIZE; at < to * SIZE; at++) {
        direction[at] = TETHER * (goal[at] - x[at]);
        matrix.entries[at * (NEWTON_HALF_BANDWIDTH + 1) + NEWTON_HALF_BANDWIDTH] = TETHER;
      }
    });
    await inPieces(n, breathe, (from, to) => {
      for (const term of terms) term.addNewton(matrix, direction, wanted, from, to);
    });
    await factorizeBanded(matrix, breathe);
    await solveBanded(matrix, direction, breathe);
    let primal = Number.POSITIVE_INFINITY;
    let dual = Number.POSITIVE_INFINITY;
    await inPieces(n, breathe, (from, to) => {
      for (const term of terms) {
        const longest = term.direct(direction, wanted, from, to);
        primal = Math.min(primal, longest.primal);
        dual = Math.min(dual, longest.dual);
      }
    });
    const steps: StepLengths = { primal: Math.min(1, 0.99 * primal), dual: Math.min(1, 0.99 * dual) };
    await inPieces(n, breathe, (from, to) => {
      for (const term of terms) term.advance(steps, from, to);
      for (let at = from * SIZE; at < to * SIZE; at++) x[at] += steps.primal * direction[at];
    });
    centring = nextCentring(Math.min(steps.primal, steps.dual));
  }
  return x.map((value) => value * unit);
}

/** After long steps aim closer to the solution, after short ones back to the middle. */
function nextCentring(step: number): number {
  return Math.min(0.5, Math.max(0.02, (1 - step) ** 1.5));
}

/** The mean cost of a step of the camera: pairs of that size are neither cramped nor far away. */
function startingTarget(weights: Float64Array, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i + SIZE < x.length; i++) sum += Math.abs(weights[2 * Math.trunc(i / SIZE)] * (x[i + SIZE] - x[i]));
  return Math.max(1e-3, sum / Math.max(1, x.length));
}

async function inPieces(frames: number, breathe: Breather, work: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < frames; from += FRAMES_BETWEEN_BREATHS) {
    await breathe();
    work(from, Math.min(frames, from + FRAMES_BETWEEN_BREATHS));
  }
}
