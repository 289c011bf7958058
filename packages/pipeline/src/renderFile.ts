// `renderFile`: renders a clip, or a range of it, from a plan.
import type { FrameRange, FrameSink, RenderPlan } from '@gimbal/core';
import { type JobOptions, runInEngine } from './engine/engine.js';
import type { RenderOrder, RenderSummary } from './jobs/renderJob.js';
import { type PartialSettings, withDefaults } from './stabilize/settings.js';

/** The settings that decide how pictures are made and stored; the border is the plan's. */
type RenderSettings = Pick<
  PartialSettings,
  | 'interpolation'
  | 'device'
  | 'deviceMemory'
  | 'decoder'
  | 'threads'
  | 'stream'
  | 'start'
  | 'end'
  | 'deinterlace'
  | 'format'
  | 'codec'
  | 'encoder'
  | 'pixelFormat'
  | 'crf'
  | 'preset'
  | 'overwrite'
>;

/** How {@link renderFile} renders. */
export interface RenderFileOptions extends RenderSettings, JobOptions {
  /**
   * Renders only frames `start` (included) to `end` (excluded), as a part for `joinFiles`: it begins with a key frame, holds the picture alone,
   * and keeps the time stamps that its frames have in the clip. Default: the whole clip, with sound and everything else.
   */
  readonly range?: FrameRange | undefined;
}

/**
 * Shows a clip as a plan says: the pictures, the time stamps and all that comes from the input are those of `stabilizeFile` with the same plan
 * and settings. Frames before a range are decoded and not rendered. Runs in an engine thread of its own; with a sink given as output
 * in the caller's thread. The output appears under its name only when it is complete.
 * @param plan What `planMotion` made, or the JSON file that holds it.
 * @param output The file to write; for a range one of .mp4, .mov, .mkv and .webm. Or a sink of the caller's.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` for a file that is no plan and for the plan of another clip, `GIMBAL_E_INVALID_ARGUMENT` for a range that
 * is empty or not within the plan; else as `stabilizeFile`.
 */
export async function renderFile(
  input: string,
  output: string | FrameSink,
  plan: string | RenderPlan,
  options: RenderFileOptions = {},
): Promise<RenderSummary> {
  const { signal, onProgress, range, ...given } = options;
  const order: RenderOrder = { input, output, plan, range, settings: withDefaults(given) };
  if (typeof output !== 'string') {
    const { renderJob } = await import('./jobs/renderJob.js');
    return renderJob(order, { signal, onProgress: onProgress ?? (() => undefined) });
  }
  return runInEngine<RenderSummary>('render', order, { signal, onProgress });
}
