import { type Breather, type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { AbsoluteDerivative } from './absoluteDerivative.js';
import { derivativeWeights } from './dividedDifferences.js';
import { everyFrame } from './frameBasis.js';
import { InclusionTerm } from './inclusionTerm.js';
import { inPieces, LIGHT_PIECE } from './inPieces.js';
import { interiorPoint } from './interiorPoint.js';
import type { QuadraticTerm } from './newtonTerm.js';
import { type Allocate, ScratchArrays } from './scratchArrays.js';

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

/** Seconds of path that are solved at once, and how much of their end is solved again with what follows. */
const SOLVED_SECONDS = 40;
const LOOKAHEAD_SECONDS = 10;
/** The fewest frames that are solved at once, however far apart. */
const FEWEST_FRAMES = 64;
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
  /** Where its arrays come from; nobody else may use it until the path is found. */
  readonly scratch?: ScratchArrays | undefined;
}

/**
 * The path x that minimises ∫ c₁|x′| + c₂|x″| + c₃|x‴| dt, summed over the eight parameters, subject to
 * `coefficients · (path − x) ≤ limits` at every frame: Grundmann, Kwatra and Essa 2011, with exact inclusion constraints and irregular
 * time steps. O(n) time. A path of more than 40 seconds is solved in windows that look ten seconds ahead of what they settle: memory
 * stays that of one window. Starts from x = path, which is strictly feasible as long as all limits are positive, and stays so.
 */
export async function l1Path(
  times: Float64Array,
  path: Float64Array,
  constraints: BudgetConstraints,
  limits: Float64Array,
  costs: DerivativeCosts,
  breathe: Breather,
  { solvedSeconds = SOLVED_SECONDS, relativeGap = RELATIVE_GAP, scratch = new ScratchArrays() }: L1PathOptions = {},
): Promise<Float64Array> {
  const n = times.length;
  const solved = new Float64Array(path.length);
  for (let from = 0, settled = 0; settled < n; ) {
    const to = windowEnd(times, from, solvedSeconds);
    const window = { times: times.subarray(from, to), path: path.subarray(from * SIZE, to * SIZE) };
    const held = solved.subarray(from * SIZE, settled * SIZE);
    scratch.reset();
    const x = await solveWindow(window, held, { constraints, limits, costs, relativeGap }, scratch.take, breathe);
    const next = to === n ? n : Math.max(settled + 1, to - framesWithin(times, to, LOOKAHEAD_SECONDS));
    solved.set(x.subarray(held.length, (next - from) * SIZE), settled * SIZE);
    settled = next;
    from = Math.max(0, settled - HELD_FRAMES);
  }
  return solved;
}

function windowEnd(times: Float64Array, from: number, seconds: number): number {
  let to = Math.min(times.length, from + FEWEST_FRAMES);
  while (to < times.length && times[to] <= times[from] + seconds) to++;
  return to;
}

/** How many of the frames before `end`, half a window at most, lie within so many seconds of it. */
function framesWithin(times: Float64Array, end: number, seconds: number): number {
  let count = 0;
  while (count < end - 1 && times[end - 1] - times[end - 1 - count] < seconds) count++;
  return Math.max(count, FEWEST_FRAMES / 4);
}

interface Window {
  readonly times: Float64Array;
  readonly path: Float64Array;
}

interface Objective {
  readonly constraints: BudgetConstraints;
  readonly limits: Float64Array;
  readonly costs: DerivativeCosts;
  readonly relativeGap: number;
}

/** @param held What the first frames must stay at: parameters of no, or of {@link HELD_FRAMES}, frames. */
async function solveWindow(
  { times, path }: Window,
  held: Float64Array,
  { constraints, limits, costs, relativeGap }: Objective,
  allocate: Allocate,
  breathe: Breather,
): Promise<Float64Array> {
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
  await interiorPoint(
    {
      frames: n,
      halfBandwidth: HALF_BANDWIDTH,
      quadratic: tether(copied(x, allocate), held.length),
      terms,
      sameStep: false,
      startingTarget: ROOM_AT_START * (await startingTarget(weights, goal, breathe)),
      allocate,
      async isDone(gap) {
        let cost = 0;
        await inPieces(n, breathe, (from, to) => {
          for (const term of absolutes) cost += term.value(from, to);
        });
        return gap < leastGap + relativeGap * cost;
      },
    },
    x,
    breathe,
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
    addMatrix({ halfBandwidth, entries }, from, to) {
      for (let row = from; row < to; row++) entries[row * (halfBandwidth + 1) + halfBandwidth] += weight(row);
    },
    addGradient(right, x, from, to) {
      for (let row = from; row < to; row++) right[row] += weight(row) * (anchor[row] - x[row]);
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
