import { type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { SPLINE_HALF_BANDWIDTH, SplineGrid } from '../signal/cubicSpline.js';
import { sampleDurations } from '../signal/sampleDurations.js';
import { createBandedMatrix, factorizeBanded, solveBanded } from '../solver/bandedCholesky.js';
import { BendingEnergy } from '../solver/bendingEnergy.js';
import { InclusionTerm } from '../solver/inclusionTerm.js';
import { interiorPoint } from '../solver/interiorPoint.js';

const SIZE = PARAMETERS_PER_FRAME;
/** Seconds between the knots of a bend, and how many of them to a tau where that is longer. */
const SHORTEST_SPACING = 0.125;
const SPACINGS_PER_TAU = 6;
/** The share of the budget that the linearized constraints may use; the rest is for what they neglect. */
const SHARE_OF_LIMIT = 0.97;
const RELATIVE_GAP = 2e-2;
/** How much larger the pairs are at the start than the energy of the bend: with pairs of its size two dozen steps go hardly anywhere. */
const ROOM_AT_START = 300;
const PENALTY = 1e4;
/** A frame whose constraints pull less than this share of what the energy's |e|² does is left out of the matrix. */
const NEGLIGIBLE = 1e-2;

/**
 * Bends a smooth path towards the camera's where its corrections leave the budget: adds the cubic spline e(t) that minimises
 * ½ ∫ |e|² + tau⁶ |e‴|² dt subject to the budget on path − smooth − e. So the path swings around the border in a curve instead of having
 * its corrections cut or faded. Where no spline can keep the budget, `attenuateToBudget` has the last word.
 *
 * @param path Parameters of the camera's path, `times.length × 8`. @param smooth Parameters of the path to bend.
 * @param tau Seconds: how gently to bend.
 */
export function softClampToBudget(
  times: Float64Array,
  path: Float64Array,
  smooth: Float64Array,
  constraints: BudgetConstraints,
  tau: number,
): Float64Array {
  const n = times.length;
  const rest = path.map((value, i) => value - smooth[i]);
  const limits = constraints.limits.map((limit) => SHARE_OF_LIMIT * limit);
  if (n < 3 || !(tau > 0) || isWithin(rest, constraints, limits)) return smooth;

  const grid = new SplineGrid(times, Math.max(SHORTEST_SPACING, tau / SPACINGS_PER_TAU));
  const durations = sampleDurations(times);
  const energy = new BendingEnergy(grid, durations, tau);
  const bend = splineFit(grid, durations, rest);
  const penalty = PENALTY * (1 + (tau / grid.spacing) ** 6);
  const inclusion = new InclusionTerm({
    basis: grid,
    path: rest,
    constraints,
    limits,
    give: durations.map((duration) => 1 / (penalty * duration)),
    negligible: durations.map((duration) => NEGLIGIBLE * duration),
  });
  interiorPoint(
    {
      frames: n,
      halfBandwidth: SPLINE_HALF_BANDWIDTH,
      quadratic: energy,
      terms: [inclusion],
      sameStep: true,
      startingTarget: Math.max(1e-9, (ROOM_AT_START * energy.value(bend)) / (n * constraints.rows)),
      isDone: (gap, x) => gap < RELATIVE_GAP * energy.value(x),
    },
    bend,
  );

  const bent = Float64Array.from(smooth);
  const own = new Float64Array(SIZE);
  for (let i = 0; i < n; i++) {
    grid.evaluate(bend, i, own);
    for (let j = 0; j < SIZE; j++) bent[i * SIZE + j] += own[j];
  }
  return bent;
}

/** The spline nearest to what smoothing would correct: with it nearly nothing is corrected, so nearly every frame is within the budget. */
function splineFit(grid: SplineGrid, durations: Float64Array, rest: Float64Array): Float64Array {
  const matrix = createBandedMatrix(grid.groups * SIZE, 3 * SIZE);
  const energy = new BendingEnergy(grid, durations, grid.spacing);
  energy.addMatrix(matrix);
  const right = new Float64Array(matrix.size);
  const own = new Float64Array(SIZE);
  for (let i = 0; i < durations.length; i++) {
    for (let j = 0; j < SIZE; j++) own[j] = durations[i] * rest[i * SIZE + j];
    grid.addVector(right, i, own);
  }
  factorizeBanded(matrix);
  solveBanded(matrix, right);
  return right;
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
