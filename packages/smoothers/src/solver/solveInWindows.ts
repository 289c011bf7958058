// Solves a long path in overlapping windows, so that memory stays that of one.
import { PARAMETERS_PER_FRAME } from '@gimbal/core';

const SIZE = PARAMETERS_PER_FRAME;
/** Seconds of path that are solved at once, and how much of their end is solved again with what follows. */
const SOLVED_SECONDS = 40;
const LOOKAHEAD_SECONDS = 10;
/** The fewest frames that are solved at once, however far apart. */
const FEWEST_FRAMES = 64;

/** A stretch of a path that is solved at once. */
export interface SolvedWindow {
  /** Its frames: `from` included, `to` not. */
  readonly from: number;
  readonly to: number;
  readonly times: Float64Array;
  readonly path: Float64Array;
  /** What the first frames must stay at: parameters of no frame, or of as many as were asked for. */
  readonly held: Float64Array;
}

/** How {@link solveInWindows} cuts a path up. */
export interface WindowOptions {
  /** Seconds of path that are solved at once. */
  readonly solvedSeconds?: number | undefined;
  /** How many frames of what is solved already hold the next window in place: the order of the highest derivative that couples them. */
  readonly heldFrames: number;
}

/**
 * Solves a path of more than 40 seconds in windows that look ten seconds ahead of what they settle, so that memory stays that of one
 * window.
 * @param solve Gives the parameters of a window's frames.
 */
export function solveInWindows(
  times: Float64Array,
  path: Float64Array,
  { solvedSeconds = SOLVED_SECONDS, heldFrames }: WindowOptions,
  solve: (window: SolvedWindow) => Float64Array,
): Float64Array {
  const n = times.length;
  const solved = new Float64Array(path.length);
  for (let from = 0, settled = 0; settled < n; ) {
    const to = windowEnd(times, from, solvedSeconds);
    const held = solved.subarray(from * SIZE, settled * SIZE);
    const x = solve({
      from,
      to,
      times: times.subarray(from, to),
      path: path.subarray(from * SIZE, to * SIZE),
      held,
    });
    const next = to === n ? n : Math.max(settled + 1, to - framesWithin(times, to, LOOKAHEAD_SECONDS));
    solved.set(x.subarray(held.length, (next - from) * SIZE), settled * SIZE);
    settled = next;
    from = Math.max(0, settled - heldFrames);
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
