// The optimization behind `l1-optimal`: objective, constraints and their solution.
import { type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { everyFrame } from '../budget/frameBasis.js';
import { derivativeWeights } from '../signal/dividedDifferences.js';
import { AbsoluteDerivative } from './absoluteDerivative.js';
import { frameBlocks } from './frameBlocks.js';
import { InclusionTerm } from './inclusionTerm.js';
import { interiorPoint } from './interiorPoint.js';
import type { QuadraticTerm } from './newtonTerm.js';
import { type Allocate, ScratchArrays } from './scratchArrays.js';
import { type SolvedWindow, solveInWindows } from './solveInWindows.js';

const SIZE = PARAMETERS_PER_FRAME;
/** A third difference couples a parameter with its own value three frames earlier. */
const HALF_BANDWIDTH = 3 * SIZE;
const RELATIVE_GAP = 1e-4;
/** How much larger the pairs are at the start than the mean cost: on the research clips that saves a quarter of the iterations. */
const ROOM_AT_START = 10;
/** Mean gap of a pair, in units of the budget, below which a path that hardly moves is done. */
const LEAST_GAP = 1e-9;
/** Weight of the squared distance from the path, in units of the budget: makes the solution unique where the L1 terms do not care. */
const TETHER = 1e-4;

/** Weights of the integrals of |x′|, |x″| (seconds) and |x‴| (seconds²). */
export type DerivativeCosts = readonly [number, number, number];

/** A third difference reaches over three frames: that many of what is solved already hold the next window in place. */
const HELD_FRAMES = 3;
/** Weight of the squared distance from where a frame is held. */
const HOLD = 1e6;

/** How {@link l1Path} works. */
export interface L1PathOptions {
  /** Seconds of path that are solved at once. */
  readonly solvedSeconds?: number | undefined;
  /** How far, relative to the cost, it may be from the least possible at most. */
  readonly relativeGap?: number | undefined;
  /** Where its arrays come from; not to be used elsewhere until the path is found. */
  readonly scratch?: ScratchArrays | undefined;
}

/**
 * The path x that minimises ∫ c₁|x′| + c₂|x″| + c₃|x‴| dt, summed over the eight parameters, subject to
 * `coefficients · (path − x) ≤ limits` at every frame: Grundmann, Kwatra and Essa 2011, with exact inclusion constraints and irregular
 * time steps. O(n) time. A path of more than 40 seconds is solved in windows that look ten seconds ahead of what they settle: memory
 * stays that of one window. Starts from x = path, which is strictly feasible as long as all limits are positive, and stays so.
 */
export function l1Path(
  times: Float64Array,
  path: Float64Array,
  constraints: BudgetConstraints,
  limits: Float64Array,
  costs: DerivativeCosts,
  { solvedSeconds, relativeGap = RELATIVE_GAP, scratch = new ScratchArrays() }: L1PathOptions = {},
): Float64Array {
  return solveInWindows(times, path, { solvedSeconds, heldFrames: HELD_FRAMES }, (window) => {
    scratch.reset();
    return solveWindow(window, { constraints, limits, costs, relativeGap }, scratch.take);
  });
}

interface Objective {
  readonly constraints: BudgetConstraints;
  readonly limits: Float64Array;
  readonly costs: DerivativeCosts;
  readonly relativeGap: number;
}

function solveWindow(
  { times, path, held }: SolvedWindow,
  { constraints, limits, costs, relativeGap }: Objective,
  allocate: Allocate,
): Float64Array {
  const n = times.length;
  // In units of the budget, so that tolerances mean the same for any frame size.
  const unit = Math.min(...limits);
  const goal = allocate(path.length);
  for (let k = 0; k < goal.length; k++) goal[k] = path[k] / unit;
  const x = copied(goal, allocate);
  for (let k = 0; k < held.length; k++) x[k] = held[k] / unit;
  const weights = costs.map((cost, k) => derivativeWeights(times, k + 1, cost));
  const absolutes = weights.map((own, k) => new AbsoluteDerivative(k + 1, own, allocate));
  const inclusion = new InclusionTerm({
    basis: everyFrame,
    path: goal,
    constraints,
    limits: limits.map((limit) => limit / unit),
    give: allocate(n),
    negligible: allocate(n),
    allocate,
  });
  const terms = [...absolutes, inclusion];
  const leastGap = LEAST_GAP * terms.reduce((sum, term) => sum + term.pairs, 0);
  interiorPoint(
    {
      frames: n,
      halfBandwidth: HALF_BANDWIDTH,
      quadratic: tether(copied(x, allocate), held.length),
      terms,
      sameStep: false,
      startingTarget: ROOM_AT_START * startingTarget(weights, goal),
      allocate,
      isDone(gap) {
        let cost = 0;
        frameBlocks(n, (from, to) => {
          for (const term of absolutes) cost += term.value(from, to);
        });
        return gap < leastGap + relativeGap * cost;
      },
    },
    x,
  );
  for (let k = 0; k < x.length; k++) x[k] *= unit;
  return x;
}

function copied(values: Float64Array, allocate: Allocate): Float64Array {
  const copy = allocate(values.length);
  copy.set(values);
  return copy;
}

/** Ties x to the path: loosely, but for the first `held` unknowns. */
function tether(anchor: Float64Array, held: number): QuadraticTerm {
  const weight = (row: number): number => (row < held ? HOLD : TETHER);
  return {
    addMatrix({ size, halfBandwidth, entries }) {
      for (let row = 0; row < size; row++) entries[row * (halfBandwidth + 1) + halfBandwidth] += weight(row);
    },
    addGradient(right, x) {
      for (let row = 0; row < x.length; row++) right[row] += weight(row) * (anchor[row] - x[row]);
    },
  };
}

/** The shaky path's mean cost per frame and parameter: pairs of that size leave room to move from where they start. */
function startingTarget(weights: readonly Float64Array[], x: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    const count = x.length - (k + 1) * SIZE;
    for (let at = 0; at < count; at++) {
      let derivative = 0;
      const first = Math.trunc(at / SIZE) * (k + 2);
      for (let a = 0; a < k + 2; a++) derivative += weights[k][first + a] * x[at + a * SIZE];
      sum += Math.abs(derivative);
    }
  }
  return Math.max(1e-3, sum / x.length);
}
