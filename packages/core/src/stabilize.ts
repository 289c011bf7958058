import { analyzeWith } from './analyze.js';
import type { EstimateLimits } from './checkedEstimate.js';
import type { ClipMotion } from './clipMotion.js';
import { GimbalError, throwIfAborted } from './errors.js';
import type { Estimator } from './estimator.js';
import { type DeviceFailure, type Fallback, Parts } from './fallback.js';
import type { FrameSink } from './frameSink.js';
import type { FrameSource } from './frameSource.js';
import { type LookAhead, onePass } from './onePass.js';
import { type PlanOptions, planCorrections, type RenderPlan } from './planCorrections.js';
import type { OnProgress } from './progress.js';
import { renderClip } from './renderClip.js';
import type { Renderer } from './renderer.js';

/** The parts that {@link stabilize} composes, and how. */
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
  readonly plan: RenderPlan;
  readonly frames: number;
  readonly seconds: StageSeconds;
  /** Where a CUDA device failed and the parts of the fallback took over. */
  readonly deviceFailure?: DeviceFailure | undefined;
}

/**
 * Makes a clip steady: measure, smooth, render; one after the other, or side by side with a `lookAhead`. Sees interfaces only. Either the sink is finished when this resolves, or it is aborted
 * when this rejects; the caller keeps (and closes) source, estimator and renderer.
 * When a CUDA device fails and there is a `fallback`, that goes on from the frame where it happened: none is lost or written twice.
 * @throws GimbalError `GIMBAL_E_CANCELLED` on abort; `GIMBAL_E_MOTION_FILE` when `motion` belongs to another clip; `GIMBAL_E_INVALID_ARGUMENT` for a look-ahead
 * of no length, beside `motion`, or with a zoom that needs the whole clip; whatever a part throws.
 */
export async function stabilize(options: StabilizeOptions): Promise<StabilizeResult> {
  const { sink } = options;
  const parts = new Parts(options, options.fallback);
  try {
    const made = options.lookAhead === undefined ? await twoPasses(parts, options) : await ahead(parts, options);
    return { ...made, deviceFailure: parts.failure };
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

type Made = Omit<StabilizeResult, 'deviceFailure'>;

async function twoPasses(parts: Parts, options: StabilizeOptions): Promise<Made> {
  const started = performance.now();
  const motion = await motionOf(parts, options);
  const analyzed = performance.now();
  options.onProgress?.({ stage: 'smooth', done: 0, total: motion.times.length });
  const plan = await planCorrections(motion, options);
  const smoothed = performance.now();
  const frames = await renderClip(parts, options, plan, motion);
  throwIfAborted(options.signal);
  await options.sink.finish();
  return { motion, plan, frames, seconds: stages(started, analyzed, smoothed) };
}

async function ahead(parts: Parts, options: StabilizeOptions): Promise<Made> {
  const { lookAhead, signal, sink } = options;
  if (options.motion !== undefined) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      'Where the motion is known there is nothing to look ahead for; give `motion` or `lookAhead`.',
    );
  }
  const started = performance.now();
  const { motion, plan, decided } = await onePass(parts, options, lookAhead as LookAhead);
  throwIfAborted(signal);
  await sink.finish();
  return { motion, plan, frames: motion.times.length, seconds: stages(started, decided, decided) };
}

/** From the times at which a run began, had analysed and had smoothed; now it has rendered. */
function stages(started: number, analyzed: number, smoothed: number): StageSeconds {
  return {
    analyze: (analyzed - started) / 1000,
    smooth: (smoothed - analyzed) / 1000,
    render: (performance.now() - smoothed) / 1000,
  };
}

async function motionOf(parts: Parts, options: StabilizeOptions): Promise<ClipMotion> {
  const { motion, source } = options;
  if (motion === undefined) return analyzeWith(parts, options);
  if (motion.size.width !== source.info.width || motion.size.height !== source.info.height) {
    throw new GimbalError(
      'GIMBAL_E_MOTION_FILE',
      `The motion was measured on ${motion.size.width}×${motion.size.height} frames, the clip has ${source.info.width}×${source.info.height}.`,
    );
  }
  return motion;
}
