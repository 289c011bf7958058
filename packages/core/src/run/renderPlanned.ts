// Renders a clip, or a range of it, from a plan.
import { GimbalError, throwIfAborted } from '../errors.js';
import type { FrameSink } from '../frame/frameSink.js';
import type { FrameSource } from '../frame/frameSource.js';
import type { RenderPlan } from '../plan/planCorrections.js';
import { type DeviceFailure, type Fallback, Parts } from './failover.js';
import type { OnProgress } from './progress.js';
import { type FrameRange, renderClip } from './renderClip.js';
import type { Renderer } from './renderer.js';

/** What {@link renderPlanned} works with. */
export interface RenderPlannedOptions {
  readonly source: FrameSource;
  /** Must treat the border as the plan says. */
  readonly renderer: Renderer;
  readonly sink: FrameSink;
  readonly plan: RenderPlan;
  /** Default: all frames of the plan. */
  readonly range?: FrameRange | undefined;
  /** What goes on when a CUDA device fails on the way, as with `stabilize`. */
  readonly fallback?: Fallback | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** What a rendering did. */
export interface RenderedFrames {
  readonly frames: number;
  readonly deviceFailure?: DeviceFailure | undefined;
}

/**
 * Shows a clip, or a range of its frames, as a plan says: the pictures are those that `stabilize` makes with the same plan. Either the sink is
 * finished when this resolves, or it is aborted when this rejects; the caller keeps (and closes) source and renderer.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a range that is empty or not within the plan; `GIMBAL_E_MOTION_FILE` when the plan is
 * for another clip; `GIMBAL_E_CANCELLED` on abort; whatever a part throws.
 */
export async function renderPlanned(options: RenderPlannedOptions): Promise<RenderedFrames> {
  const { sink, plan, source, signal, range = { start: 0, end: plan.times.length } } = options;
  const parts = new Parts(options, options.fallback);
  try {
    checkRange(range, plan.times.length);
    if (plan.size.width !== source.info.width || plan.size.height !== source.info.height) {
      throw new GimbalError(
        'GIMBAL_E_MOTION_FILE',
        `The plan is for ${plan.size.width}×${plan.size.height} frames, the clip has ${source.info.width}×${source.info.height}.`,
      );
    }
    const frames = await renderClip(parts, options, plan, range);
    throwIfAborted(signal);
    await sink.finish();
    return { frames, deviceFailure: parts.failure };
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a range that is empty or not within so many frames. */
export function checkRange({ start, end }: FrameRange, frames: number): void {
  if (Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= frames) return;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Expected a range of frames within 0 to ${frames}, its end after its start; received ${start} to ${end}.`,
  );
}
