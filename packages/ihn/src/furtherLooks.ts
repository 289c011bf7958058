import { type Homography, invertHomography } from '@gimbal/core';
import { type Evidence, weigh } from './evidence.js';
import { cornersAtRest, cornersOf, gridHomography, largestShift } from './gridCorners.js';
import type { Shift } from './likeness.js';
import type { PairNetwork } from './pairNetwork.js';
import type { PreparedFrame } from './preparedFrames.js';

/** Mean distance of the corners in grid pixels within which two looks have found the same. */
const SAME = 1;

/** Largest shift of a corner in grid pixels below which a start is as good as rest. */
const NEAR = 4;

/** Likeness that a shift must have to be worth a look. */
const LIKELY = 0.1;

/** Shifts in grid pixels that are tried where nothing better is known: a camera that moved by a sixth of the frame. */
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
 * Looks at a pair again, from elsewhere, and says which look to believe. First from where the swapped pair, a coarse search and the caller
 * point; unless two of these looks agree on what is then the best answer, from eight shifts more.
 * @param shift Of the coarse search.
 * @param guess Of the caller, between grid pixels.
 */
export async function furtherLooks(
  network: PairNetwork,
  [previous, current]: readonly [PreparedFrame, PreparedFrame],
  first: Evidence,
  shift: Shift,
  guess: Homography | undefined,
): Promise<Evidence> {
  const found = [first];
  const lookFrom = async (starts: readonly Float32Array[]): Promise<void> => {
    const usable = starts.filter((start) => gridHomography(start) !== undefined);
    const looks = await network.look(usable.map((start) => ({ previous, current, start })));
    found.push(...looks.map((look) => weigh(previous.picture, current.picture, look)));
  };
  const [back] = await network.look([{ previous: current, current: previous, start: cornersAtRest() }]);
  const way = gridHomography(back.corners[back.corners.length - 1]);
  await lookFrom([
    // A guess near rest would only have the first look agree with itself.
    ...(guess === undefined || largestShift(guess) < NEAR ? [] : [cornersOf(guess)]),
    ...(way === undefined ? [] : [cornersOf(invertHomography(way))]),
    ...(shift.likeness > LIKELY ? [shifted(shift.x, shift.y)] : []),
  ]);
  if (bestOf(found).votes < 2) await lookFrom(SHIFTS.map(([x, y]) => shifted(x, y)));
  return bestOf(found).evidence;
}

/** Likeness that pictures lack even where nothing is wrong with them. */
const SLACK = 0.05;

/**
 * The answer that the most looks ended at, weighed by what the pictures lack of being alike where they follow it, and by the error that is
 * expected of it. Of the products tried it came nearest to always knowing the best look (docs/decisions).
 */
export function bestOf(found: readonly Evidence[]): { readonly evidence: Evidence; readonly votes: number } {
  const worth = found.map((evidence) => {
    const votes = found.filter((other) => distance(evidence, other) < SAME).length;
    const { look, map, inlierLikeness } = evidence;
    const product = votes / ((1 + SLACK - inlierLikeness) ** 2 * Math.sqrt(look.spread ?? 1));
    return { evidence, votes, value: map !== undefined && Number.isFinite(product) ? product : -1 };
  });
  return worth.reduce((best, other) => (other.value > best.value ? other : best));
}

/** Mean distance of the corners of two answers. */
function distance(one: Evidence, other: Evidence): number {
  const [a, b] = [one, other].map(({ look }) => look.corners[look.corners.length - 1]);
  let sum = 0;
  for (let k = 0; k < a.length; k += 2) sum += Math.hypot(a[k] - b[k], a[k + 1] - b[k + 1]);
  return sum / 4;
}

const shifted = (x: number, y: number): Float32Array => Float32Array.of(x, y, x, y, x, y, x, y);
