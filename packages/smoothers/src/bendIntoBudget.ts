import { type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { type BandedMatrix, createBandedMatrix, factorizeBanded, solveBanded } from './bandedCholesky.js';
import type { Breather } from './breather.js';
import { type SplineGrid, splineGrid } from './cubicSpline.js';
import { sampleDurations } from './sampleDurations.js';

const SIZE = PARAMETERS_PER_FRAME;
/** Four coefficients of eight parameters each depend on one another. */
const HALF_BANDWIDTH = 4 * SIZE - 1;
const SHORTEST_SPACING = 0.1;
const SPACINGS_PER_TAU = 8;
const SHARE_OF_LIMIT = 0.96;
const MOST_ROUNDS = 20;
const FRAMES_BETWEEN_BREATHS = 512;

/** What the bend is fitted to: the budget's constraints on `rest − bend`, where `rest` is what smoothing wanted to correct. */
interface Fit {
  readonly grid: SplineGrid;
  readonly durations: Float64Array;
  readonly rest: Float64Array;
  readonly constraints: BudgetConstraints;
  readonly limits: Float64Array;
  readonly penalty: number;
  /** Weight of the squared third difference of the coefficients. */
  readonly stiffness: number;
}

/**
 * Bends a smooth path towards the camera's where its corrections leave the budget: adds the cubic spline e(t) that minimises
 * ∫ |e|² + tau⁶ |e‴|² dt subject to the budget on path − smooth − e. So the path swings around the border in a curve instead of having its
 * corrections cut or faded. The constraints enter as a stiff quadratic penalty within a small margin, and the piecewise quadratic
 * function is minimised by Newton's method, each step a banded Cholesky solve (O(n)); what rounding of corners is left is for `pullBack`.
 *
 * @param path Parameters of the camera's path, `times.length × 8`. @param smooth Parameters of the path to bend.
 * @param tau Seconds: how gently to bend.
 */
export async function bendIntoBudget(
  times: Float64Array,
  path: Float64Array,
  smooth: Float64Array,
  constraints: BudgetConstraints,
  tau: number,
  breathe: Breather,
): Promise<Float64Array> {
  const rest = path.map((value, i) => value - smooth[i]);
  const limits = constraints.limits.map((limit) => SHARE_OF_LIMIT * limit);
  if (times.length < 3 || !(tau > 0) || isWithin(rest, constraints, limits)) return smooth;
  const grid = splineGrid(times, Math.max(SHORTEST_SPACING, tau / SPACINGS_PER_TAU));
  const ratio = (tau / grid.spacing) ** 6;
  const fit: Fit = {
    grid,
    durations: sampleDurations(times),
    rest,
    constraints,
    limits,
    penalty: 100 * (1 + ratio),
    stiffness: grid.spacing * ratio,
  };
  let coefficients: Float64Array = new Float64Array(grid.coefficients * SIZE);
  let cost = await costOf(fit, coefficients, breathe);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const wanted = await newtonTarget(fit, coefficients, breathe);
    let share = 1;
    let next = wanted;
    let nextCost = await costOf(fit, next, breathe);
    while (!(nextCost < cost) && share > 1e-3) {
      share /= 2;
      const from = coefficients;
      const part = share;
      next = wanted.map((value, i) => from[i] + part * (value - from[i]));
      nextCost = await costOf(fit, next, breathe);
    }
    if (!(nextCost < cost)) break;
    const gain = cost - nextCost;
    coefficients = next;
    cost = nextCost;
    if (gain < 1e-4 * cost) break;
  }
  const bent = Float64Array.from(smooth);
  for (let i = 0; i < times.length; i++) {
    for (let j = 0; j < SIZE; j++) bent[i * SIZE + j] += valueAt(grid, coefficients, i, j);
  }
  return bent;
}

function isWithin(correction: Float64Array, constraints: BudgetConstraints, limits: Float64Array): boolean {
  for (let at = 0; at < correction.length; at += SIZE) {
    for (let r = 0; r < constraints.rows; r++) {
      let value = -limits[r];
      for (let j = 0; j < SIZE; j++) value += constraints.coefficients[r * SIZE + j] * correction[at + j];
      if (value > 0) return false;
    }
  }
  return true;
}

function valueAt(grid: SplineGrid, coefficients: Float64Array, i: number, j: number): number {
  const at = grid.first[i] * SIZE + j;
  const w = 4 * i;
  return (
    grid.weights[w] * coefficients[at] +
    grid.weights[w + 1] * coefficients[at + SIZE] +
    grid.weights[w + 2] * coefficients[at + 2 * SIZE] +
    grid.weights[w + 3] * coefficients[at + 3 * SIZE]
  );
}

/** By how much the correction of frame `i` exceeds each limit: fills `excess` (positive: too far) and `bend` (the spline's value). */
function measureExcess(
  fit: Fit,
  coefficients: Float64Array,
  i: number,
  bend: Float64Array,
  excess: Float64Array,
): void {
  const { rows, coefficients: normals } = fit.constraints;
  for (let j = 0; j < SIZE; j++) bend[j] = valueAt(fit.grid, coefficients, i, j);
  for (let r = 0; r < rows; r++) {
    let value = -fit.limits[r];
    for (let j = 0; j < SIZE; j++) value += normals[r * SIZE + j] * (fit.rest[i * SIZE + j] - bend[j]);
    excess[r] = value;
  }
}

async function costOf(fit: Fit, coefficients: Float64Array, breathe: Breather): Promise<number> {
  const bend = new Float64Array(SIZE);
  const excess = new Float64Array(fit.constraints.rows);
  let cost = 0;
  for (let i = 0; i < fit.durations.length; i++) {
    if (i % FRAMES_BETWEEN_BREATHS === 0) await breathe();
    measureExcess(fit, coefficients, i, bend, excess);
    let own = 0;
    for (let j = 0; j < SIZE; j++) own += bend[j] * bend[j];
    for (let r = 0; r < excess.length; r++) if (excess[r] > 0) own += fit.penalty * excess[r] * excess[r];
    cost += fit.durations[i] * own;
  }
  for (let k = 0; k + 3 * SIZE < coefficients.length; k++) {
    const third =
      coefficients[k + 3 * SIZE] - 3 * coefficients[k + 2 * SIZE] + 3 * coefficients[k + SIZE] - coefficients[k];
    cost += fit.stiffness * third * third;
  }
  return cost;
}

/** The minimum of the quadratic function that the cost is as long as the same constraints are violated. */
async function newtonTarget(fit: Fit, coefficients: Float64Array, breathe: Breather): Promise<Float64Array> {
  const { grid, constraints } = fit;
  const matrix = createBandedMatrix(grid.coefficients * SIZE, HALF_BANDWIDTH);
  const right = new Float64Array(matrix.size);
  const normals = constraints.coefficients;
  const bend = new Float64Array(SIZE);
  const excess = new Float64Array(constraints.rows);
  const block = new Float64Array(SIZE * SIZE);
  const pull = new Float64Array(SIZE);
  for (let i = 0; i < fit.durations.length; i++) {
    if (i % FRAMES_BETWEEN_BREATHS === 0) await breathe();
    const duration = fit.durations[i];
    addDiagonals(matrix, grid.first[i], grid.weights.subarray(4 * i, 4 * i + 4), duration);
    measureExcess(fit, coefficients, i, bend, excess);
    let active = false;
    for (let r = 0; r < constraints.rows; r++) {
      if (!(excess[r] > 0)) continue;
      if (!active) {
        block.fill(0);
        pull.fill(0);
        active = true;
      }
      const normal = r * SIZE;
      let wanted = excess[r];
      for (let j = 0; j < SIZE; j++) wanted += normals[normal + j] * bend[j];
      for (let j = 0; j < SIZE; j++) {
        const weighted = fit.penalty * duration * normals[normal + j];
        pull[j] += weighted * wanted;
        for (let l = 0; l < SIZE; l++) block[j * SIZE + l] += weighted * normals[normal + l];
      }
    }
    if (active) addBlock(matrix, right, grid, i, block, pull);
  }
  const third = Float64Array.of(-1, 3, -3, 1);
  for (let k = 0; k + 3 < grid.coefficients; k++) addDiagonals(matrix, k, third, fit.stiffness);
  await factorizeBanded(matrix, breathe);
  await solveBanded(matrix, right, breathe);
  return right;
}

/** Adds `scale · v vᵀ` over four neighbouring coefficients, for every parameter on its own. */
function addDiagonals(matrix: BandedMatrix, first: number, v: Float64Array, scale: number): void {
  for (let a = 0; a < 4; a++) {
    for (let b = 0; b <= a; b++) {
      const value = scale * v[a] * v[b];
      let at = (first + a) * SIZE * (HALF_BANDWIDTH + 1) + HALF_BANDWIDTH - (a - b) * SIZE;
      for (let j = 0; j < SIZE; j++, at += HALF_BANDWIDTH + 1) matrix.entries[at] += value;
    }
  }
}

/** Adds one frame's constraint block, spread over the four coefficients by its spline weights; and its pull to the right-hand side. */
function addBlock(
  matrix: BandedMatrix,
  right: Float64Array,
  grid: SplineGrid,
  i: number,
  block: Float64Array,
  pull: Float64Array,
): void {
  for (let a = 0; a < 4; a++) {
    const weight = grid.weights[4 * i + a];
    const row = (grid.first[i] + a) * SIZE;
    for (let j = 0; j < SIZE; j++) right[row + j] += weight * pull[j];
    for (let b = 0; b <= a; b++) {
      const scale = weight * grid.weights[4 * i + b];
      for (let j = 0; j < SIZE; j++) {
        const at = (row + j) * (HALF_BANDWIDTH + 1) + HALF_BANDWIDTH - j - (a - b) * SIZE;
        const last = a === b ? j : SIZE - 1;
        for (let l = 0; l <= last; l++) matrix.entries[at + l] += scale * block[j * SIZE + l];
      }
    }
  }
}
