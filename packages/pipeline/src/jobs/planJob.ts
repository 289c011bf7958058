import { type ClipMotion, planCorrections, type RenderPlan } from '@gimbal/core';
import type { Settings } from '../stabilize/settings.js';
import { shutterFor } from '../stabilize/shutterFor.js';
import { smootherFor } from '../stabilize/smootherFor.js';
import { readMotion } from './readRecord.js';
import type { JobContext } from './stabilizeJob.js';

/** A motion for which a plan is to be made. Plain values but for a smoother that is given as an object. */
export interface PlanOrder {
  readonly motion: string | ClipMotion;
  readonly settings: Settings;
}

/** Plans as `stabilizeJob` does in two passes, in this thread. */
export async function planJob(
  { motion, settings }: PlanOrder,
  { signal, onProgress }: JobContext,
): Promise<RenderPlan> {
  const smoother = await smootherFor(settings);
  const measured = typeof motion === 'string' ? await readMotion(motion) : motion;
  const total = measured.times.length;
  onProgress({ stage: 'smooth', done: 0, total });
  const { maxCrop, border, zoom } = settings;
  const shutter = shutterFor(settings);
  const plan = await planCorrections(measured, { smoother, maxCrop, border, zoom, shutter, signal });
  onProgress({ stage: 'smooth', done: total, total });
  return plan;
}
