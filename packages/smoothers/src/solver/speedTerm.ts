// A term of the interior-point method: the speed of the path stays within a range.
import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import type { FrameBasis } from '../budget/frameBasis.js';
import type { SpeedRange } from '../budget/speedRange.js';
import { sampleDurations } from '../signal/sampleDurations.js';
import { InclusionTerm } from './inclusionTerm.js';
import type { Allocate } from './scratchArrays.js';

const SIZE = PARAMETERS_PER_FRAME;
/** By how much a speed may leave its range, as a share of the range and of the speed itself. */
const SLACK = 0.005;
/** What it costs to leave it by half its width, per second; so much that it happens only where the budget asks for it. */
const STIFFNESS = 1e7;

/** Both signs of each parameter on its own. */
const BOTH_SIDES = {
  rows: 2 * SIZE,
  coefficients: Float64Array.from({ length: 2 * SIZE * SIZE }, (_, k) => {
    const row = Math.trunc(k / SIZE);
    if (k % SIZE !== Math.trunc(row / 2)) return 0;
    return row % 2 === 0 ? 1 : -1;
  }),
  limits: new Float64Array(2 * SIZE).fill(1),
};

/**
 * Keeps the speed of x within a range, as elastic inequalities. The unknowns are the parameters of every frame.
 * @param range In the unknowns' units per second. @param least Half the width that every range has at least.
 * @param tau Seconds: the scale of the acceleration that it is to outweigh.
 */
export function speedTerm(
  times: Float64Array,
  range: SpeedRange,
  least: number,
  tau: number,
  allocate: Allocate,
): InclusionTerm {
  const n = times.length;
  /** Per step and parameter: what makes half the range's width 1, and where its middle is in these units. */
  const scale = allocate(n * SIZE);
  const middle = allocate(n * SIZE);
  for (let at = 0; at < (n - 1) * SIZE; at++) {
    const step = Math.trunc(at / SIZE);
    const [low, high] = [range.least[at], range.most[at]];
    const half = ((1 + SLACK) * (high - low)) / 2 + SLACK * Math.max(Math.abs(low), Math.abs(high)) + least;
    scale[at] = 1 / (half * (times[step + 1] - times[step]));
    middle[at] = (low + high) / 2 / half;
  }
  const durations = sampleDurations(times);
  const give = allocate(n);
  for (let i = 0; i < n; i++) give[i] = 1 / (STIFFNESS * Math.max(1, tau ** 4) * durations[i]);
  return new InclusionTerm({
    basis: speeds(n, scale),
    path: middle,
    constraints: BOTH_SIDES,
    limits: BOTH_SIDES.limits,
    give,
    negligible: allocate(n),
    allocate,
  });
}

/** The speed from each frame to the next, scaled; the last frame, which has none, always stands in the middle of its range. */
function speeds(n: number, scale: Float64Array): FrameBasis {
  return {
    evaluate(unknowns, i, out) {
      if (i === n - 1) out.fill(0);
      else {
        for (let at = i * SIZE, j = 0; j < SIZE; at++, j++) out[j] = (unknowns[at + SIZE] - unknowns[at]) * scale[at];
      }
    },
    addVector(unknowns, i, v) {
      if (i === n - 1) return;
      for (let at = i * SIZE, j = 0; j < SIZE; at++, j++) {
        const pull = v[j] * scale[at];
        unknowns[at + SIZE] += pull;
        unknowns[at] -= pull;
      }
    },
    addBlock({ entries, halfBandwidth }, i, block) {
      if (i === n - 1) return;
      // Each constraint is on one parameter: the block is diagonal.
      for (let at = i * SIZE, j = 0; j < SIZE; at++, j++) {
        const value = block[j * SIZE + j] * scale[at] ** 2;
        const own = at * (halfBandwidth + 1) + halfBandwidth;
        const next = own + SIZE * (halfBandwidth + 1);
        entries[own] += value;
        entries[next] += value;
        entries[next - SIZE] -= value;
      }
    },
  };
}
