import type { Homography } from '../geometry/homography.js';
import { homographyArray } from '../geometry/homographyArray.js';
import { parametersToHomography } from '../geometry/motionParameters.js';
import type { ClipMotion } from '../motion/clipMotion.js';
import { shotPath } from '../path/shotPath.js';
import type { Smoother } from '../path/smoother.js';
import { readoutRoom } from '../shutter/fitReadouts.js';
import type { ReadoutMotion, RollingShutter } from '../shutter/rollingShutter.js';
import type { ShutterModel } from '../shutter/shutterModel.js';
import { windowAllowance } from './attenuateToBudget.js';
import { type CropBudget, cropBudget } from './cropBudget.js';
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
  /** Finds and corrects what a rolling shutter does; without it frames count as seen at one moment each. */
  readonly shutter?: ShutterModel | undefined;
  /** Frames that are known ahead of the first one that is decided; the last one that is decided with it has half of them ahead. */
  readonly frames: number;
  readonly signal?: AbortSignal | undefined;
}

/** What is decided of one frame. */
export interface FrameDecision {
  /** Output pixel → source pixel, before any crop or zoom, for the middle row. */
  readonly correction: Homography;
  /** What the camera did while the frame was read; absent where that is not corrected. */
  readonly readout?: ReadoutMotion | undefined;
  /** The step from the frame before, from middle row to middle row; absent where it is the measured one. */
  readonly step?: Homography | undefined;
}

/** Decides on corrections while the motion is still being measured. */
export interface OnlinePlanner {
  /** So many frames after those that are decided must be known before any is decided, unless the clip ends before. */
  readonly ahead: number;
  /** So many of those that are decided are still to be shown to {@link decide}. */
  readonly behind: number;
  /**
   * What is to be done with the frames after those that were decided before, as far as what is known allows; with all of them when the stretch
   * ends with the clip. To be called again only when it is done.
   */
  decide(known: MotionRange): Promise<readonly FrameDecision[]>;
  /** What was found of a rolling shutter so far; absent where nobody looks. */
  rollingShutter(): Promise<RollingShutter | undefined>;
}

/**
 * Smooths a path piece by piece. A piece spans the look-ahead and half as much of what came before it; the next one begins half a
 * look-ahead later, and where two of them decide on the same frames the corrections go over from one to the other. A mean of
 * corrections within the budget is within it too, to first order; the rest is pulled back.
 */
export function onlinePlanner({ smoother, budget, shutter, frames, signal }: LookAheadOptions): OnlinePlanner {
  const hop = Math.max(1, Math.ceil(frames / 2));
  const ahead = 2 * hop;
  /** Where the shot begins, and the first frame that is not decided. */
  let [start, next] = [0, 0];
  /** What the last piece says of the frames from `next` on. */
  let fading: PieceFrame[] = [];
  const follower = shutter?.follow();

  /** What is to be done with the frames from `next` to `end`, smoothed with what came before but not with what follows. */
  async function piece({ first, size, times, steps }: MotionRange, end: number): Promise<PieceFrame[]> {
    const from = Math.max(start, next - hop);
    const measured = {
      size,
      times: times.slice(from - first, end - first),
      steps: steps.slice(from - first, end - 1 - first),
    };
    const rectified = follower?.rectify(measured);
    const motion = rectified === undefined ? measured : { ...measured, steps: rectified.steps };
    const axis = follower?.rollingShutter.axis ?? 'rows';
    const room = rectified === undefined ? 0 : readoutRoom({ axis, motions: rectified.readouts }, size, budget.maxCrop);
    const limits = room > 0 ? cropBudget(budget.size, budget.maxCrop - room, budget.maxDistortion) : budget;
    const path = shotPath({ ...motion, estimator: '' }, { start: 0, end: end - from });
    const { parameters } = await shotCorrections(path, smoother, limits, { signal, fixedWindow: true });
    const frames = end - next;
    return Array.from({ length: frames }, (_, i) => {
      const at = next - from + i;
      const moved = at > 0 && motion.steps[at - 1] !== measured.steps[at - 1];
      return {
        parameters: parameters.subarray(at * 8).subarray(0, 8),
        readout: rectified?.readouts[at],
        step: moved ? motion.steps[at - 1].homographies : undefined,
      };
    });
  }

  return {
    ahead,
    behind: hop,
    async decide(known) {
      const { first, times, size, complete } = known;
      const decisions: FrameDecision[] = [];
      follower?.learn(known, first);
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
          const { parameters } = own[i];
          const allowed = windowAllowance(parameters, budget);
          const shown = allowed < 1 ? parameters.map((value) => value * allowed) : parameters;
          const correction = parametersToHomography(shown, size, room[i]);
          decisions.push({ correction, readout: own[i].readout, step: own[i].step });
        }
        fading = closing ? [] : own.slice(hop);
        next += decided;
        if (closing) start = next;
      }
      return decisions;
    },
    async rollingShutter() {
      return follower?.rollingShutter;
    },
  };
}

/** One past the last frame of the shot that a frame is in, as far as is known. */
function shotEnd({ first, times, steps }: MotionRange, frame: number): number {
  let end = frame + 1;
  while (end < first + times.length && steps[end - 1 - first].verdict !== 'cut') end++;
  return end;
}

/** What a piece says of one frame. */
interface PieceFrame {
  /** Of the correction. */
  readonly parameters: Float64Array;
  readonly readout?: ReadoutMotion | undefined;
  readonly step?: Homography | undefined;
}

function between(a: PieceFrame, b: PieceFrame, share: number): PieceFrame {
  const mixed = (from: Float64Array, to: Float64Array) => to.map((value, i) => (1 - share) * from[i] + share * value);
  const [before, after] = [a.readout ?? b.readout?.map(() => 0), b.readout ?? a.readout?.map(() => 0)];
  const readout = before && after && mixed(before, after);
  return { parameters: mixed(a.parameters, b.parameters), readout, step: b.step };
}
