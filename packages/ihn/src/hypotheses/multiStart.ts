// Estimates a doubtful pair again from other starts.
import type { Homography } from '@gimbal/core';
import { invertHomography } from '@gimbal/core/geometry';
import { cornersAtRest, cornersOf, gridHomography, largestShift } from '../grid/gridCorners.js';
import type { PreparedFrame } from '../grid/preparedFrames.js';
import type { PairNetwork } from '../network/pairNetwork.js';
import type { Shift } from './gradientCorrelation.js';
import { type ScoredPass, scorePass } from './scorePass.js';

/** Mean corner distance in grid pixels within which two passes count as the same answer. */
const SAME = 1;

/** Largest corner displacement in grid pixels below which a start is no different from rest. */
const NEAR = 4;

/** Correlation from which a shift is worth a pass. */
const WORTH_TRYING = 0.1;

/** Starts in grid pixels when the other passes disagree: a camera that moved by a sixth of the frame. */
const SHIFTS = [
  [20, 0],
  [-20, 0],
  [0, 20],
  [0, -20],
  [16, 16],
  [-16, 16],
  [16, -16],
  [-16, -16],
] as const;

/**
 * Estimates a pair again from other starts and returns the best pass. Starts first from the swapped pair's answer, the coarse search and the
 * caller's guess; if no two passes agree on the best answer, from eight more shifts.
 * @param shift Result of the coarse search.
 * @param guess The caller's, between grid pixels.
 */
export async function multiStart(
  network: PairNetwork,
  [previous, current]: readonly [PreparedFrame, PreparedFrame],
  first: ScoredPass,
  shift: Shift,
  guess: Homography | undefined,
): Promise<ScoredPass> {
  const found = [first];
  const startFrom = async (starts: readonly Float32Array[]): Promise<void> => {
    const usable = starts.filter((start) => gridHomography(start) !== undefined);
    const passes = await network.run(usable.map((start) => ({ previous, current, start })));
    found.push(...passes.map((pass) => scorePass(previous.picture, current.picture, pass)));
  };
  const [back] = await network.run([{ previous: current, current: previous, start: cornersAtRest() }]);
  const way = gridHomography(back.corners[back.corners.length - 1]);
  await startFrom([
    // A guess near rest would only repeat the first pass.
    ...(guess === undefined || largestShift(guess) < NEAR ? [] : [cornersOf(guess)]),
    ...(way === undefined ? [] : [cornersOf(invertHomography(way))]),
    ...(shift.correlation > WORTH_TRYING ? [shifted(shift.x, shift.y)] : []),
  ]);
  if (bestOf(found).votes < 2) await startFrom(SHIFTS.map(([x, y]) => shifted(x, y)));
  return bestOf(found).scored;
}

/** Correlation that even well aligned pictures lack. */
const SLACK = 0.05;

/**
 * The answer with the highest score: the number of passes that agree with it, over its lack of correlation within the inliers (squared) and
 * the root of its predicted error. Of the scores tried it picked the best pass most often (docs/decisions).
 */
export function bestOf(found: readonly ScoredPass[]): { readonly scored: ScoredPass; readonly votes: number } {
  const worth = found.map((scored) => {
    const votes = found.filter((other) => distance(scored, other) < SAME).length;
    const { pass, map, inlierCorrelation } = scored;
    const product = votes / ((1 + SLACK - inlierCorrelation) ** 2 * Math.sqrt(pass.expectedError ?? 1));
    return { scored, votes, value: map !== undefined && Number.isFinite(product) ? product : -1 };
  });
  return worth.reduce((best, other) => (other.value > best.value ? other : best));
}

/** Mean distance of the corners of two answers. */
function distance(one: ScoredPass, other: ScoredPass): number {
  const [a, b] = [one, other].map(({ pass }) => pass.corners[pass.corners.length - 1]);
  let sum = 0;
  for (let k = 0; k < a.length; k += 2) sum += Math.hypot(a[k] - b[k], a[k + 1] - b[k + 1]);
  return sum / 4;
}

const shifted = (x: number, y: number): Float32Array => Float32Array.of(x, y, x, y, x, y, x, y);
