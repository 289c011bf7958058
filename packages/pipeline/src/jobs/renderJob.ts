import { type FrameRange, type FrameSink, type RenderPlan, renderPlanned, type Size } from '@gimbal/core';
import { keepsAlpha } from '@gimbal/video';
import type { FramePlacement } from '../clip/openClip.js';
import type { Settings } from '../stabilize/settings.js';
import { type JobWarning, openParts } from './jobParts.js';
import { readPlan } from './readRecord.js';
import { sinkFor } from './sinkFor.js';
import type { JobContext } from './stabilizeJob.js';

/** A clip that is to be shown as planned. Plain values but for a sink of the caller's. */
export interface RenderOrder {
  readonly input: string;
  readonly output: string | FrameSink;
  readonly plan: string | RenderPlan;
  readonly range?: FrameRange | undefined;
  readonly settings: Settings;
}

/** A finished rendering in plain values. */
export interface RenderSummary {
  readonly input: string;
  /** `null` where the caller gave a sink. */
  readonly output: string | null;
  readonly outputSize: Size;
  /** The frames of the clip that were shown. */
  readonly range: FrameRange;
  readonly frames: number;
  /** From the opened clip to the finished file. */
  readonly seconds: number;
  readonly framesPerSecond: number;
  readonly placement: FramePlacement;
  readonly warnings: readonly JobWarning[];
  /** What could not be kept as it was in the input. */
  readonly notes: readonly string[];
}

/** Renders a clip, or a range of it, in this thread. Closes what it made, whatever happens. */
export async function renderJob(order: RenderOrder, { signal, onProgress }: JobContext): Promise<RenderSummary> {
  const { input, output, range } = order;
  const plan = typeof order.plan === 'string' ? await readPlan(order.plan) : order.plan;
  const settings = { ...order.settings, border: plan.border };
  const { codec, pixelFormat, format } = settings;
  const alpha = typeof output === 'string' && keepsAlpha(output, codec, pixelFormat, format);
  const parts = await openParts(input, settings, { signal, once: true, measures: false, alpha });
  try {
    const { clip, fallback } = parts;
    const part = range !== undefined;
    const made = typeof output === 'string' ? sinkFor(output, clip, settings, { signal, part }) : undefined;
    const sink = made ?? (output as FrameSink);
    parts.onClose(() => sink.abort());
    const started = performance.now();
    const rendered = await renderPlanned({
      source: clip.source,
      renderer: parts.renderer(),
      sink,
      plan,
      range,
      fallback: fallback && { source: fallback.source, renderer: fallback.renderer },
      signal,
      onProgress: ({ stage, done, total }) => onProgress({ stage, done, total }),
    });
    const { frames } = rendered;
    const seconds = (performance.now() - started) / 1000;
    return {
      input,
      output: typeof output === 'string' ? output : null,
      outputSize: plan.output,
      range: range ?? { start: 0, end: frames },
      frames,
      seconds,
      framesPerSecond: frames / Math.max(seconds, 1e-9),
      placement: clip.placement(),
      warnings: [...parts.warnings(rendered), ...(made?.warnings ?? [])],
      notes: [...clip.video.info.notes, ...(made?.notes ?? [])],
    };
  } finally {
    await parts.close();
  }
}
