import type { Homography } from '../geometry/homography.js';
import { homographyArray } from '../geometry/homographyArray.js';
import { parametersToHomography } from '../geometry/motionParameters.js';
import type { ClipMotion } from '../motion/clipMotion.js';
import { shotPath } from '../path/shotPath.js';
import type { Smoother } from '../path/smoother.js';
import { windowAllowance } from './attenuateToBudget.js';
import type { CropBudget } from './cropBudget.js';
import { shotCorrections } from './shotCorrections.js';

/** The motion of a part of a clip in square pixels, such as is known while the rest is still being measured. */
export interface MotionRange extends Pick<ClipMotion, 'size' | 'times' | 'steps'> {
  /** Which frame of the clip its first one is. */
  readonly first: number;
  /** Whether it ends with the clip. */
  readonly complete: boolean;
}

/** How a clip is planned whose end is not known yet. */
export interface LookAheadOptions {
  readonly smoother: Smoother;
  readonly budget: CropBudget;
  /** Frames that are known ahead of the first one that is decided; the last one that is decided with it has half of them ahead. */
  readonly frames: number;
  readonly signal?: AbortSignal | undefined;
}

/** Decides on corrections while the motion is still being measured. */
export interface OnlinePlanner {
  /** So many frames after those that are decided must be known before any is decided, unless the clip ends before. */
  readonly ahead: number;
  /** So many of those that are decided are still to be shown to {@link decide}. */
  readonly behind: number;
  /**
   * Corrections (output pixel → source pixel, before any crop or zoom) of the frames after those that were decided before, as far as
   * what is known allows; of all of them when the stretch ends with the clip. To be called again only when it is done.
   */
  decide(known: MotionRange): Promise<readonly Homography[]>;
}

/**
 * Smooths a path piece by piece. A piece spans the look-ahead and half as much of what came before it; the next one begins half a
 * look-ahead later, and where two of them decide on the same frames the corrections go over from one to the other. A mean of
 * corrections within the budget is within it too, to first order; the rest is pulled back.
 */
export function onlinePlanner({ smoother, budget, frames, signal }: LookAheadOptions): OnlinePlanner {
  const hop = Math.max(1, Math.ceil(frames / 2));
  const ahead = 2 * hop;
  /** Where the shot begins, and the first frame that is not decided. */
  let [start, next] = [0, 0];
  /** What the last piece says of the frames from `next` on. */
  let fading: Float64Array[] = [];

  /** Parameters of the corrections from frame `next` to `end`, smoothed with what came before but not with what follows. */
  async function piece({ first, size, times, steps }: MotionRange, end: number): Promise<Float64Array[]> {
    const from = Math.max(start, next - hop);
    const motion = {
      size,
      times: times.slice(from - first, end - first),
      steps: steps.slice(from - first, end - 1 - first),
    };
    const path = shotPath({ ...motion, estimator: '' }, { start: 0, end: end - from });
    const { parameters } = await shotCorrections(path, smoother, budget, { signal, fixedWindow: true });
    const frames = end - next;
    return Array.from({ length: frames }, (_, i) => parameters.subarray((next - from + i) * 8).subarray(0, 8));
  }

  return {
    ahead,
    behind: hop,
    async decide(known) {
      const { first, times, size, complete } = known;
      const corrections: Homography[] = [];
      const last = first + times.length;
      while (next < last) {
        const end = shotEnd(known, next);
        const closing = (end < last || complete) && end <= next + ahead;
        if (!closing && end < next + ahead) break;
        const own = await piece(known, closing ? end : next + ahead);
        for (const [i, before] of fading.entries()) {
          if (i < own.length) own[i] = between(before, own[i], 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / hop));
        }
        const decided = closing ? own.length : hop;
        const room = homographyArray(decided);
        for (let i = 0; i < decided; i++) {
          const allowed = windowAllowance(own[i], budget);
          const shown = allowed < 1 ? own[i].map((value) => value * allowed) : own[i];
          corrections.push(parametersToHomography(shown, size, room[i]));
        }
        fading = closing ? [] : own.slice(hop);
        next += decided;
        if (closing) start = next;
      }
      return corrections;
    },
  };
}

/** One past the last frame of the shot that a frame is in, as far as is known. */
function shotEnd({ first, times, steps }: MotionRange, frame: number): number {
  let end = frame + 1;
  while (end < first + times.length && steps[end - 1 - first].verdict !== 'cut') end++;
  return end;
}

function between(a: Float64Array, b: Float64Array, share: number): Float64Array {
  return b.map((value, i) => (1 - share) * a[i] + share * value);
}
