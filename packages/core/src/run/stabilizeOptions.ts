import type { FrameSink } from '../frame/frameSink.js';
import type { FrameSource } from '../frame/frameSource.js';
import type { EstimateLimits } from '../motion/checkedEstimate.js';
import type { ClipMotion } from '../motion/clipMotion.js';
import type { Estimator } from '../motion/estimator.js';
import type { LookAheadOptions, OnlinePlanner } from '../plan/onlinePlanner.js';
import type { PlanOptions, RenderPlan } from '../plan/planCorrections.js';
import type { DeviceFailure, Fallback } from './failover.js';
import type { OnProgress } from './progress.js';
import type { RectifyFrames } from './remeasure.js';
import type { Renderer } from './renderer.js';

/** How far ahead of the picture the motion is measured where a clip is made in one pass. */
export interface LookAhead {
  /** Seconds that are known ahead of the first frame that is decided, half of them of the last one. More than 0. */
  readonly seconds: number;
  /** What decides; {@link onlinePlanner} unless told. */
  readonly plan?: ((options: LookAheadOptions) => OnlinePlanner) | undefined;
}

/** The parts that `stabilize` composes, and how. */
export interface StabilizeOptions extends PlanOptions, EstimateLimits {
  readonly source: FrameSource;
  readonly renderer: Renderer;
  readonly sink: FrameSink;
  /** Measures the motion. Not needed when `motion` is given. */
  readonly estimator?: Estimator | undefined;
  /** An earlier analysis of the same clip, to be used instead of a new one. */
  readonly motion?: ClipMotion | undefined;
  /** What goes on when a CUDA device is lost or full in mid-clip; without it, or with a sink that takes no host memory, the run fails. */
  readonly fallback?: Fallback | undefined;
  /** Makes the clip in one pass, without waiting for the motion of all of it, see {@link LookAhead}; not with `motion`. */
  readonly lookAhead?: LookAhead | undefined;
  /** Shows frames without the rolling shutter that `shutter` found, so that they can be measured once more; not with a look-ahead. */
  readonly rectifyFrames?: RectifyFrames | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Seconds of wall-clock time a stage took; in one pass `analyze` is what went by before the first frame was decided, and `render` the rest. */
export interface StageSeconds {
  readonly analyze: number;
  readonly smooth: number;
  readonly render: number;
}

/** What a finished run measured, planned and took. */
export interface StabilizeResult {
  readonly motion: ClipMotion;
  /** What is left of the motion without the rolling shutter that the plan corrects; the motion itself where it corrects none. */
  readonly rectified: ClipMotion;
  readonly plan: RenderPlan;
  readonly frames: number;
  readonly seconds: StageSeconds;
  /** Where a CUDA device failed and the parts of the fallback took over. */
  readonly deviceFailure?: DeviceFailure | undefined;
}
