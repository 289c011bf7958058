import { GimbalError } from '../errors.js';
import { clipMotion } from '../motion/analyze.js';
import { type ClipMotion, shotsOf } from '../motion/clipMotion.js';
import { displaySize, pixelAspectOf } from '../plan/displayProportions.js';
import { onlinePlanner } from '../plan/onlinePlanner.js';
import { fixedWindow, planSettings, type RenderPlan } from '../plan/planCorrections.js';
import { windowedCorrection } from '../plan/zoom.js';
import type { Parts } from './failover.js';
import { checkWithinReach } from './renderClip.js';
import type { LookAhead, StabilizeOptions } from './stabilizeOptions.js';
import { StreamingPipeline } from './streamingPipeline.js';

/** What a pass measured and showed. */
export interface OnePassResult {
  readonly motion: ClipMotion;
  readonly rectified: ClipMotion;
  readonly plan: RenderPlan;
  /** When the first frame was decided, by the clock of `performance.now()`. */
  readonly decided: number;
}

/**
 * Measures, smooths and renders side by side, a bounded stretch of the clip at a time: it is read once, memory does not depend on its length, and
 * the first picture is written before the last one is read. What is shown must be known from the start, so the crop is the whole budget.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a zoom that needs the whole clip; what `analyze` and `renderClip` throw. Every frame
 * is closed by then.
 */
export async function onePass(parts: Parts, options: StabilizeOptions, lookAhead: LookAhead): Promise<OnePassResult> {
  const { sink, signal, smoother, shutter } = options;
  const { seconds } = lookAhead;
  const { width, height, frameRate } = parts.source.info;
  const frames = Math.max(2, Math.round(seconds * frameRate));
  if (!(seconds > 0 && frames < Number.POSITIVE_INFINITY)) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A look-ahead is more than 0 seconds, received ${seconds}, at ${frameRate} frames a second.`,
    );
  }
  const size = { width, height };
  const settings = planSettings(size, options);
  if (settings.zoom === 'dynamic') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      "Zoom 'dynamic' needs the motion of the whole clip; with a look-ahead use 'static' or 'none'.",
    );
  }
  const { window, output } = fixedWindow(size, settings);
  const { budget } = settings;
  const pixelAspect = pixelAspectOf(parts.source.info);
  const limits = planSettings(displaySize(size, pixelAspect), options).budget;
  // Not ended by what else goes wrong: what it has decided is kept for those who take over.
  const plan = (lookAhead.plan ?? onlinePlanner)({ smoother, budget: limits, shutter, frames, signal });
  const pass = new StreamingPipeline(
    parts,
    options,
    plan,
    (correction) => windowedCorrection(correction, window, size, output),
    output,
  );
  await sink.open(output);
  checkWithinReach(sink, parts.failure);
  for (;;) {
    const failure = await pass.run();
    if (failure === undefined) break;
    if (pass.written.failed) throw failure.error;
    await parts.failOver(failure.error, failure.stage, failure.frame, !pass.complete);
    checkWithinReach(sink, parts.failure);
  }
  const motion = clipMotion(pass.measured, parts);
  const { warps, corrections, decided } = pass;
  const windows = corrections.map(() => window);
  const { times } = motion;
  const { border } = settings;
  const shots = shotsOf(motion);
  const found = await plan.rollingShutter();
  const corrected = pass.readouts.reduce((sum, readout) => sum + (readout === undefined ? 0 : 1), 0);
  const made = {
    ...{ size, times, output, border, warps, corrections, windows, shots, budget },
    ...(found !== undefined && { rollingShutter: { ...found, corrected } }),
    ...(corrected > 0 && { readouts: pass.readouts }),
  };
  const steps = motion.steps.map((step, i) => {
    const rectified = pass.rectified[i + 1];
    return rectified === undefined ? step : { ...step, rows: 1, cols: 1, homographies: rectified };
  });
  return { motion, rectified: corrected > 0 ? { ...motion, steps } : motion, decided, plan: made };
}
