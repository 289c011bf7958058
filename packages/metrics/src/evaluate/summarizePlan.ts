// What a plan promises: jitter, picture kept and borders, without looking at a picture.
import { type ClipMotion, type Homography, type RenderPlan, shotPath, uncoveredShare } from '@gimbal/core';
import {
  composeHomographies,
  invertHomography,
  multiplyHomographies,
  rescaleHomography,
  scalingHomography,
} from '@gimbal/core/geometry';
import { type CornerJitter, cornerJitter } from '../cornerJitter.js';
import { croppingRatio } from '../croppingRatio.js';
import { analysisSize } from './analysisSize.js';
import type { MotionStep } from './motionStep.js';

/** Share of a picture's area from which a border counts as visible. */
const VISIBLE_BORDER = 0.001;

/** What a plan promises of the clip that is rendered by it. Plain data: it survives JSON. */
export interface PlanSummary {
  /** Of the measured camera path, and of the same path with the corrections applied; pixels at 640 width. */
  readonly jitter: { readonly before: CornerJitter; readonly after: CornerJitter };
  /** Share of width and height of the picture that is kept, 0 to 1, in the mean over frames: the cropping ratio of the planned warps. */
  readonly kept: number;
  readonly borders: {
    /** Frames that their source does not cover by more than a thousandth of the area. */
    readonly frames: number;
    /** Largest share of a frame's area that is not covered, 0 to 1. */
    readonly largest: number;
  };
}

/** What {@link summarizePlan} is told beside motion and plan. */
export interface SummarizeOptions {
  /** What is left of the motion without the rolling shutter that the plan corrects, see StabilizeResult. */
  readonly rectified?: ClipMotion | undefined;
}

/**
 * Sums up what is known of a stabilized clip without looking at it: what the motion and the plan say. It costs next to nothing, and it
 * trusts the estimator: an error in the measured motion does not show. For figures of the file itself see `evaluateClip`.
 */
export function summarizePlan(
  motion: ClipMotion,
  { warps, shots, output }: RenderPlan,
  { rectified = motion }: SummarizeOptions = {},
): PlanSummary {
  const { size } = motion;
  const before: MotionStep[] = [];
  const after: MotionStep[] = [];
  const [small, smallOutput] = [analysisSize(size), analysisSize(output)];
  for (const shot of shots) {
    if (shot.start > 0) for (const steps of [before, after]) steps.push('cut');
    const { steps } = shotPath(motion, shot);
    const shown = rectified === motion ? steps : shotPath(rectified, shot).steps;
    for (const [k, step] of steps.entries()) {
      const at = shot.start + k;
      const corrected = composeHomographies(invertHomography(warps[at + 1]), shown[k], warps[at]);
      before.push(rescaleHomography(step, size, small));
      after.push(rescaleHomography(corrected, output, smallOutput));
    }
  }
  // As if the output were scaled to the size of the input, so that a smaller picture counts as a cropped one.
  const fitted = scalingHomography(size.width / output.width, size.height / output.height);
  const shown: Homography[] = [];
  let [frames, largest] = [0, 0];
  for (const warp of warps) {
    shown.push(multiplyHomographies(fitted, invertHomography(warp)));
    const share = uncoveredShare(warp, output, size);
    if (share > VISIBLE_BORDER) frames++;
    largest = Math.max(largest, share);
  }
  return {
    jitter: { before: cornerJitter(before, small), after: cornerJitter(after, smallOutput) },
    kept: croppingRatio(shown),
    borders: { frames, largest },
  };
}
