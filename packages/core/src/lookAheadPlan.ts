import { createBreather } from './breather.js';
import type { ClipMotion } from './clipMotion.js';
import type { CropBudget } from './cropBudget.js';
import type { Homography } from './geometry/homography.js';
import { homographyArray } from './geometry/homographyArray.js';
import { parametersToHomography } from './geometry/motionParameters.js';
import { windowAllowance } from './pullBack.js';
import { shotCorrections } from './shotCorrections.js';
import { shotPath } from './shotPath.js';
import type { Smoother } from './smoother.js';

/** What is known of the motion of a clip that is still being measured; it only grows. */
export interface GrowingMotion extends Pick<ClipMotion, 'size' | 'steps'> {
  /** Seconds, of the frames so far. */
  readonly times: readonly number[];
  /** Frames, from the first, whose step from the frame before will not change any more. */
  readonly settled: number;
  /** Whether those are all. */
  readonly complete: boolean;
}

/** How a clip is planned whose end is not known yet. */
export interface LookAheadOptions {
  readonly smoother: Smoother;
  readonly budget: CropBudget;
  /** Frames that are known ahead of the first that is decided; the last that is decided with it has half of them ahead. */
  readonly frames: number;
  readonly signal?: AbortSignal | undefined;
}

/** Decides on corrections while the motion is still being measured. */
export interface LookAheadPlan {
  /** Most frames that have to be known before any is decided. */
  readonly reach: number;
  /**
   * Corrections (output pixel → source pixel, before any crop or zoom) of the frames after those that were decided before, as far as
   * what is known allows; of all of them once it is complete. To be called again only when it is done.
   */
  decide(motion: GrowingMotion): Promise<Homography[]>;
}

/**
 * Smooths a path piece by piece. A piece spans the look-ahead and half as much of what came before it; the next one begins half a
 * look-ahead later, and where two of them decide on the same frames the corrections go over from one to the other. A mean of
 * corrections within the budget is within it too, to first order; the rest is pulled back.
 */
export function lookAheadPlan({ smoother, budget, frames, signal }: LookAheadOptions): LookAheadPlan {
  const hop = Math.max(1, Math.ceil(frames / 2));
  const reach = 2 * hop;
  const breathe = createBreather(signal);
  /** Where the shot begins, and the first frame that is not decided. */
  let [start, next] = [0, 0];
  /** What the last piece says of the frames from `next` on. */
  let fading: Float64Array[] = [];
  let shown = new Float64Array(8);

  /** Parameters of the corrections of frames `from` to `to`, smoothed by themselves. */
  async function piece({ size, times, steps }: GrowingMotion, from: number, to: number): Promise<Float64Array[]> {
    const cutOut = { size, times: Float64Array.from(times.slice(from, to)), steps: steps.slice(from, to - 1) };
    const path = await shotPath({ ...cutOut, estimator: '' }, { start: 0, end: to - from }, breathe);
    const { parameters } = await shotCorrections(path, smoother, budget, { signal });
    return Array.from(path.position, (at) => parameters.subarray(at * 8, at * 8 + 8));
  }

  return {
    reach,
    async decide(motion) {
      const { settled, complete, steps, size } = motion;
      const corrections: Homography[] = [];
      while (next < settled) {
        const end = shotEnd(motion, next);
        const last = (end < settled || complete) && end <= next + reach;
        if (!last && end < next + reach) break;
        const from = Math.max(start, next - hop);
        const own = (await piece(motion, from, last ? end : next + reach)).slice(next - from);
        for (const [i, before] of fading.entries()) {
          if (i < own.length) own[i] = between(before, own[i], 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / hop));
        }
        const decided = last ? own.length : hop;
        const room = homographyArray(decided);
        for (let i = 0; i < decided; i++) {
          // A repeated frame is shown like the one that it repeats.
          const repeats = next + i > start && steps[next + i - 1].verdict === 'duplicate';
          if (!repeats) {
            const allowed = windowAllowance(own[i], budget);
            shown = allowed < 1 ? own[i].map((value) => value * allowed) : own[i];
          }
          corrections.push(parametersToHomography(shown, size, room[i]));
        }
        fading = last ? [] : own.slice(hop);
        next += decided;
        if (last) start = next;
      }
      return corrections;
    },
  };
}

/** One past the last frame of the shot that `frame` is in, as far as is known. */
function shotEnd({ settled, steps }: GrowingMotion, frame: number): number {
  let end = frame + 1;
  while (end < settled && steps[end - 1].verdict !== 'cut') end++;
  return end;
}

function between(a: Float64Array, b: Float64Array, share: number): Float64Array {
  return b.map((value, i) => (1 - share) * a[i] + share * value);
}
