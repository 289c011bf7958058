import { GimbalError, throwIfAborted } from '../errors.js';
import { analyzeWith } from '../motion/analyze.js';
import type { ClipMotion } from '../motion/clipMotion.js';
import { pixelAspectOf } from '../plan/displayProportions.js';
import { planClip } from '../plan/planCorrections.js';
import { Parts } from './failover.js';
import { onePass } from './onePass.js';
import { rectifyMeasured } from './remeasure.js';
import { renderClip } from './renderClip.js';
import type { LookAhead, StabilizeOptions, StabilizeResult, StageSeconds } from './stabilizeOptions.js';

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
  const motion = await rectifiedMotionOf(parts, options);
  const analyzed = performance.now();
  options.onProgress?.({ stage: 'smooth', done: 0, total: motion.times.length });
  const { plan, motion: rectified } = await planClip(motion, options);
  const smoothed = performance.now();
  const frames = await renderClip(parts, options, plan);
  throwIfAborted(options.signal);
  await options.sink.finish();
  return { motion, rectified, plan, frames, seconds: stages(started, analyzed, smoothed) };
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
  const { motion, rectified, plan, decided } = await onePass(parts, options, lookAhead as LookAhead);
  throwIfAborted(signal);
  await sink.finish();
  return { motion, rectified, plan, frames: motion.times.length, seconds: stages(started, decided, decided) };
}

/** From the times at which a run began, had analysed and had smoothed; now it has rendered. */
function stages(started: number, analyzed: number, smoothed: number): StageSeconds {
  return {
    analyze: (analyzed - started) / 1000,
    smooth: (smoothed - analyzed) / 1000,
    render: (performance.now() - smoothed) / 1000,
  };
}

/** Where the motion is measured here, a rolling shutter is looked for while the frames are at hand. */
async function rectifiedMotionOf(parts: Parts, options: StabilizeOptions): Promise<ClipMotion> {
  const motion = await motionOf(parts, options);
  const { shutter } = options;
  if (options.motion !== undefined || shutter === undefined) return motion;
  return rectifyMeasured(parts, motion, { ...options, shutter });
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
  // The file itself knows the shape of its pixels best.
  const pixelAspect = pixelAspectOf(source.info);
  return pixelAspect === pixelAspectOf(motion) ? motion : { ...motion, pixelAspect };
}
