// What is said of a finished run.
import {
  isUncertain,
  type MotionField,
  type Size,
  type StabilizeResult,
  type UncertainRange,
  uncertainRanges,
} from '@gimbal/core';
import type { RollingShutter } from '@gimbal/core/shutter';
import type { PlanSummary } from '@gimbal/metrics';
import type { FramePlacement } from '../clip/openClip.js';
import type { JobWarning } from '../jobs/jobParts.js';

/** A number of steps for each motion model that occurs. */
type ModelCounts = Readonly<Partial<Record<MotionField['model'], number>>>;

/** A finished run in plain values. */
export interface StabilizeSummary {
  readonly input: string;
  /** `null` where the caller gave a sink. */
  readonly output: string | null;
  readonly inputSize: Size;
  readonly outputSize: Size;
  readonly frames: number;
  readonly shots: number;
  /** Frames whose motion is a best guess, or simpler than a homography. */
  readonly fallbackFrames: number;
  readonly duplicateFrames: number;
  /** How many steps each motion model carried, and how many of those that fell back. */
  readonly models: ModelCounts;
  readonly fallbackModels: ModelCounts;
  /** Where these frames are, what was answered, and why. */
  readonly fallbacks: readonly UncertainRange[];
  readonly estimator: string;
  readonly smoother: string;
  /** What motion and corrections say of the output: jitter before and after, how much of the picture is kept, borders. */
  readonly planned: PlanSummary;
  /** What was found of a rolling shutter; `null` where nobody looked. */
  readonly rollingShutter: RollingShutter | null;
  readonly seconds: {
    readonly analyze: number;
    readonly smooth: number;
    readonly render: number;
    readonly total: number;
  };
  readonly framesPerSecond: number;
  /** Where frames were decoded and worked on, and what of the clip was kept there. */
  readonly placement: FramePlacement;
  /** Where a CUDA device failed, so that the CPU did the rest; `null` when none did. */
  readonly deviceFailure: {
    readonly stage: 'analyze' | 'render';
    readonly frame: number;
    readonly code: string;
  } | null;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** What could not be kept as it was in the input. */
  readonly notes: readonly string[];
}

/** A finished run. */
interface Run {
  readonly files: { readonly input: string; readonly output: string | undefined };
  readonly result: StabilizeResult;
  readonly smoother: string;
  readonly planned: PlanSummary;
  readonly placement: FramePlacement;
  readonly warnings: readonly JobWarning[];
  readonly notes: readonly string[];
}

/** Counts what a run did. */
export function stabilizeSummary(run: Run): StabilizeSummary {
  const { motion, plan, frames, seconds, deviceFailure } = run.result;
  const uncertain = motion.steps.filter(isUncertain);
  const total = seconds.analyze + seconds.smooth + seconds.render;
  return {
    input: run.files.input,
    output: run.files.output ?? null,
    inputSize: motion.size,
    outputSize: plan.output,
    frames,
    shots: plan.shots.length,
    fallbackFrames: uncertain.length,
    duplicateFrames: motion.steps.filter(({ verdict }) => verdict === 'duplicate').length,
    models: modelCounts(motion.steps),
    fallbackModels: modelCounts(uncertain),
    fallbacks: uncertainRanges(motion),
    estimator: motion.estimator,
    smoother: run.smoother,
    planned: run.planned,
    rollingShutter: plan.rollingShutter ?? null,
    seconds: { ...seconds, total },
    framesPerSecond: frames / Math.max(total, 1e-9),
    placement: run.placement,
    deviceFailure: deviceFailure
      ? { stage: deviceFailure.stage, frame: deviceFailure.frame, code: deviceFailure.error.code }
      : null,
    warnings: run.warnings,
    notes: run.notes,
  };
}

function modelCounts(steps: readonly MotionField[]): ModelCounts {
  const counts: Partial<Record<MotionField['model'], number>> = {};
  for (const { model } of steps) counts[model] = (counts[model] ?? 0) + 1;
  return counts;
}
