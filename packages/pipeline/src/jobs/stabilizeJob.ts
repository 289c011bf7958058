import {
  type ClipMotion,
  type FrameSink,
  GimbalError,
  type LookAheadOptions,
  onlinePlanner,
  type Renderer,
  type RenderPlan,
  stabilize,
} from '@gimbal/core';
import { summarizePlan } from '@gimbal/metrics';
import { keepsAlpha } from '@gimbal/video';
import { workerPlan } from '../engine/workerPlan.js';
import type { OnProgress } from '../progress.js';
import { checkOnePass } from '../stabilize/checkOnePass.js';
import { checkSideOutputs } from '../stabilize/checkSideOutputs.js';
import { rectifyFramesWith } from '../stabilize/rectifyFrames.js';
import type { Settings } from '../stabilize/settings.js';
import { shutterFor } from '../stabilize/shutterFor.js';
import { sideBySide } from '../stabilize/sideBySide.js';
import { isOwnSmoother, smootherFor } from '../stabilize/smootherFor.js';
import { type StabilizeSummary, stabilizeSummary } from '../stabilize/stabilizeSummary.js';
import { type JobWarning, openParts } from './jobParts.js';
import { readMotion } from './readRecord.js';
import { sinkFor } from './sinkFor.js';
import type { StabilizeOrder } from './stabilizeOrder.js';

/** What became of it. */
export interface StabilizeOutcome {
  readonly motion: ClipMotion;
  readonly plan: RenderPlan;
  readonly summary: StabilizeSummary;
  readonly warnings: readonly JobWarning[];
}

/** How a job hears of its caller, and the caller of it. */
export interface JobContext {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: OnProgress;
}

/** Composes source, estimator, smoother, renderer and sink as the settings say, in this thread, and runs them. Closes what it made, whatever happens. */
export async function stabilizeJob(
  order: StabilizeOrder,
  { signal, onProgress }: JobContext,
): Promise<StabilizeOutcome> {
  const { input, output, settings } = order;
  const { lookAhead } = settings;
  checkOnePass(order, settings);
  checkMasked(order, settings);
  const sideOutputs = checkSideOutputs(order, settings.overwrite);
  const smoother = await smootherFor(settings);
  const shutter = shutterFor(settings);
  const motion = typeof order.motion === 'string' ? await readMotion(order.motion) : order.motion;
  const once = motion !== undefined || lookAhead !== undefined;
  const alpha = typeof output === 'string' && keepsAlpha(output, settings.codec, settings.pixelFormat, settings.format);
  const parts = await openParts(input, settings, { signal, once, measures: motion === undefined, alpha });
  try {
    const { clip, estimator, fallback } = parts;
    const made = typeof output === 'string' ? sinkFor(output, clip, settings, { signal }) : undefined;
    const sink = made ?? (output as FrameSink);
    parts.onClose(() => sink.abort());
    const shown = settings.compare
      ? sideBySide(parts.renderer(), sink, clip.video.info.stream.rotation)
      : { renderer: parts.renderer(), sink, around: (other: Renderer) => other };
    const planFor = (options: LookAheadOptions) => {
      const { smoother: name, strength, rollingShutter } = settings;
      // A plug-in's smoother cannot be made anew in another thread.
      if (clip.device === 'cpu' || !isOwnSmoother(name)) return onlinePlanner(options);
      const plan = workerPlan({ name, strength, rollingShutter }, options);
      parts.onClose(() => plan.close());
      return plan;
    };
    const result = await stabilize({
      source: clip.source,
      estimator,
      motion,
      smoother,
      renderer: shown.renderer,
      sink: shown.sink,
      fallback: fallback && {
        ...fallback,
        renderer: async () => shown.around((await fallback.renderer?.()) as Renderer),
      },
      maxCrop: settings.maxCrop,
      border: settings.border,
      zoom: settings.zoom,
      shutter,
      rectifyFrames: rectifyFramesWith(parts.rectifier),
      lookAhead: lookAhead === undefined ? undefined : { seconds: lookAhead, plan: planFor },
      timeout: settings.timeout * 1000,
      signal,
      onProgress: ({ stage, done, total }) => onProgress({ stage, done, total }),
    });
    await sideOutputs(result.motion);
    const warnings = [...parts.warnings(result), ...(made?.warnings ?? [])];
    const notes = [...clip.video.info.notes, ...parts.notes, ...(made?.notes ?? [])];
    const files = { input, output: typeof output === 'string' ? output : undefined };
    const placement = clip.placement();
    const planned = summarizePlan(result.motion, result.plan, { rectified: result.rectified });
    const run = { files, result, smoother: smoother.name, planned, placement, warnings, notes };
    const summary = stabilizeSummary(run);
    return { motion: result.motion, plan: result.plan, summary, warnings };
  } finally {
    await parts.close();
  }
}

/** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a mask where nothing is measured. */
function checkMasked({ motion }: StabilizeOrder, { mask, region }: Settings): void {
  if (motion === undefined || (mask === undefined && region === undefined)) return;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    'A mask or a region says where motion is measured, but an earlier analysis is to be used; leave out one of the two.',
  );
}
