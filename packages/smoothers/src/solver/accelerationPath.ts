import { type BudgetConstraints, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { everyFrame } from '../budget/frameBasis.js';
import type { SpeedRange } from '../budget/speedRange.js';
import { AccelerationEnergy } from './accelerationEnergy.js';
import { InclusionTerm } from './inclusionTerm.js';
import { interiorPoint } from './interiorPoint.js';
import type { ScratchArrays } from './scratchArrays.js';
import { solveInWindows } from './solveInWindows.js';
import { speedTerm } from './speedTerm.js';

const SIZE = PARAMETERS_PER_FRAME;
/** A second difference, and a speed, couple a parameter with its own value two frames earlier at most. */
const HALF_BANDWIDTH = 2 * SIZE;
const HELD_FRAMES = 2;
/** Position of the scale among the path's parameters. */
const SCALE = 3;
/**
 * Weight of the squared distance from the camera's path for the scale; 1 for the other parameters. To the budget's constraints a correction that
 * enlarges the picture is free, and makes room for the others, but it costs what the viewer gets to see. With this weight
 * the scale is smoothed over half a second at most.
 */
const SCALE_TETHER = 30;
const LONGEST_FOR_SCALE = 0.5;

/** How much larger the pairs are at the start than the energy of the shaky path: with pairs of its size the first steps are short. */
const START = 10;
/** Energy of a path that hardly moves, in units of the budget, squared seconds. */
const LEAST_ENERGY = 1e-7;

/** What {@link accelerationPath} looks for. */
export interface AccelerationPathOptions {
  readonly constraints: BudgetConstraints;
  /** Of the constraints; positive. */
  readonly limits: Float64Array;
  /** Seconds: oscillations that are faster than one radian in so many are smoothed away. */
  readonly tau: number;
  readonly speeds: SpeedRange;
  /** Half the width that every range of speeds has at least, in path units per second. */
  readonly leastSpeed: number;
  /** How far, relative to the energy, it may be from the least possible at most. */
  readonly relativeGap: number;
  readonly scratch: ScratchArrays;
}

/**
 * The path x that minimises ½ ∫ |x − path|² + tau⁴ |x″|² dt, summed over the eight parameters, subject to `coefficients · (path − x) ≤ limits` at
 * every frame and, wherever the budget lets it, to speeds within their range. O(n) time. Starts from x = path and stays within the
 * limits throughout.
 */
export function accelerationPath(
  times: Float64Array,
  path: Float64Array,
  options: AccelerationPathOptions,
): Float64Array {
  // In units of the budget, so that tolerances mean the same for any frame size, and from where the path begins.
  const unit = Math.min(...options.limits);
  const limits = options.limits.map((limit) => limit / unit);
  const weights = new Float64Array(SIZE).fill(1);
  weights[SCALE] = Math.max(SCALE_TETHER, (options.tau / LONGEST_FOR_SCALE) ** 4);
  return solveInWindows(times, path, { heldFrames: HELD_FRAMES }, (window) => {
    options.scratch.reset();
    const { take } = options.scratch;
    const n = window.times.length;
    const goal = take(n * SIZE);
    for (let k = 0; k < goal.length; k++) goal[k] = (window.path[k] - path[k % SIZE]) / unit;
    const x = take(n * SIZE);
    x.set(goal);
    for (let k = 0; k < window.held.length; k++) x[k] = (window.held[k] - path[k % SIZE]) / unit;
    const anchor = take(n * SIZE);
    anchor.set(x);
    const energy = new AccelerationEnergy(window.times, options.tau, {
      anchor,
      weights,
      held: window.held.length,
    });
    const within = (speeds: Float64Array): Float64Array =>
      speeds.subarray(window.from * SIZE, (window.to - 1) * SIZE).map((speed) => speed / unit);
    const range = { least: within(options.speeds.least), most: within(options.speeds.most) };
    const inclusion = new InclusionTerm({
      basis: everyFrame,
      path: goal,
      constraints: options.constraints,
      limits,
      give: take(n),
      negligible: take(n),
      allocate: take,
    });
    interiorPoint(
      {
        frames: n,
        halfBandwidth: HALF_BANDWIDTH,
        quadratic: energy,
        terms: [inclusion, speedTerm(window.times, range, options.leastSpeed / unit, options.tau, take)],
        sameStep: true,
        startingTarget: Math.max(1e-6, (START * energy.value(x)) / (n * options.constraints.rows)),
        allocate: take,
        isDone: (gap) => gap < options.relativeGap * energy.value(x) + LEAST_ENERGY,
      },
      x,
    );
    return x.map((value, k) => value * unit + path[k % SIZE]);
  });
}
