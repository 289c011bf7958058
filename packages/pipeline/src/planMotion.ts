// `planMotion`: makes a plan of a measured motion.
import type { ClipMotion, RenderPlan } from '@gimbal/core';
import { type JobOptions, runInEngine } from './engine/engine.js';
import { type PackedPlan, unpackPlan } from './engine/packedResult.js';
import type { PlanOrder } from './jobs/planJob.js';
import { type PartialSettings, withDefaults } from './stabilize/settings.js';

/** The settings that decide how a clip is shown. */
type PlanSettings = Pick<
  PartialSettings,
  'smoother' | 'smootherOptions' | 'strength' | 'tripod' | 'maxCrop' | 'zoom' | 'border' | 'rollingShutter'
>;

/** How {@link planMotion} plans. */
export interface PlanMotionOptions extends PlanSettings, JobOptions {}

/**
 * Decides how each frame of a clip is shown, as `stabilizeFile` does in two passes: the path is smoothed, the crop chosen. No pixel is needed.
 * Runs in a thread of its own; with a smoother given as an object in the caller's thread. `serializePlan` of `@gimbal/core` makes
 * JSON of the plan, bit for bit.
 * @param motion What `analyzeFile` measured of the whole clip, or the JSON file that holds it.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` for a file that is no motion, `GIMBAL_E_INVALID_ARGUMENT` for options out of range,
 * `GIMBAL_E_PLUGIN_…` for the smoother, `GIMBAL_E_CANCELLED` on abort.
 */
export async function planMotion(motion: string | ClipMotion, options: PlanMotionOptions = {}): Promise<RenderPlan> {
  const { signal, onProgress, ...given } = options;
  const order: PlanOrder = { motion, settings: withDefaults(given) };
  if (typeof order.settings.smoother !== 'string') {
    const { planJob } = await import('./jobs/planJob.js');
    return planJob(order, { signal, onProgress: onProgress ?? (() => undefined) });
  }
  return unpackPlan(await runInEngine<PackedPlan>('plan', order, { signal, onProgress }));
}
