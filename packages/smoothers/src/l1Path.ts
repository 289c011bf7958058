import { type Breather, type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { AbsoluteDerivative } from './absoluteDerivative.js';
import { derivativeWeights } from './dividedDifferences.js';
import { everyFrame } from './frameBasis.js';
import { InclusionTerm } from './inclusionTerm.js';
import { inPieces, LIGHT_PIECE } from './inPieces.js';
import { interiorPoint } from './interiorPoint.js';
import type { QuadraticTerm } from './newtonTerm.js';

const SIZE = PARAMETERS_PER_FRAME;
/** A third difference couples a parameter with its own value three frames earlier. */
const HALF_BANDWIDTH = 3 * SIZE;
const RELATIVE_GAP = 1e-4;
/** Mean gap of a pair, in units of the budget, below which a path that hardly moves is done. */
const LEAST_GAP = 1e-9;
/** Weight of the squared distance from the path, in units of the budget: makes the solution unique where the L1 terms do not care. */
const TETHER = 1e-4;

/** Weights of the integrals of |x′|, |x″| (seconds) and |x‴| (seconds²). */
export type DerivativeCosts = readonly [number, number, number];

/**
 * The path x that minimises ∫ c₁|x′| + c₂|x″| + c₃|x‴| dt, summed over the eight parameters, subject to
 * `coefficients · (path − x) ≤ limits` at every frame: Grundmann, Kwatra and Essa 2011, with exact inclusion constraints and irregular
 * time steps. O(n) time and memory. Starts from x = path, which is strictly feasible as long as all limits are positive, and stays so.
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
  const weights = costs.map((cost, k) => derivativeWeights(times, k + 1, cost));
  const absolutes = weights.map((own, k) => new AbsoluteDerivative(k + 1, own));
  const inclusion = new InclusionTerm({
    basis: everyFrame,
    path: goal,
    constraints,
    limits: limits.map((limit) => limit / unit),
    give: new Float64Array(n),
    negligible: new Float64Array(n),
  });
  const terms = [...absolutes, inclusion];
  const leastGap = LEAST_GAP * terms.reduce((sum, term) => sum + term.pairs, 0);
  await interiorPoint(
    {
      frames: n,
      halfBandwidth: HALF_BANDWIDTH,
      quadratic: tether(goal),
      terms,
      sameStep: false,
      startingTarget: await startingTarget(weights, goal, breathe),
      async isDone(gap) {
        let cost = 0;
        await inPieces(n, breathe, (from, to) => {
          for (const term of absolutes) cost += term.value(from, to);
        });
        return gap < leastGap + RELATIVE_GAP * cost;
      },
    },
    x,
    breathe,
  );
  return x.map((value) => value * unit);
}

function tether(goal: Float64Array): QuadraticTerm {
  return {
    addMatrix({ halfBandwidth, entries }, from, to) {
      for (let row = from; row < to; row++) entries[row * (halfBandwidth + 1) + halfBandwidth] += TETHER;
    },
    addGradient(right, x, from, to) {
      for (let row = from; row < to; row++) right[row] += TETHER * (goal[row] - x[row]);
    },
  };
}

/** The shaky path's mean cost per frame and parameter: pairs of that size leave room to move from where they start. */
async function startingTarget(weights: readonly Float64Array[], x: Float64Array, breathe: Breather): Promise<number> {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    const count = x.length - (k + 1) * SIZE;
    const add = (from: number, to: number): void => {
      for (let at = from; at < to; at++) {
        let derivative = 0;
        const first = Math.trunc(at / SIZE) * (k + 2);
        for (let a = 0; a < k + 2; a++) derivative += weights[k][first + a] * x[at + a * SIZE];
        sum += Math.abs(derivative);
      }
    };
    await inPieces(count, breathe, add, LIGHT_PIECE);
  }
  return Math.max(1e-3, sum / x.length);
}
