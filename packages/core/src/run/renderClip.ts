import { GimbalError, throwIfAborted } from '../errors.js';
import type { FrameSink } from '../frame/frameSink.js';
import type { FrameSource } from '../frame/frameSource.js';
import { checkTime } from '../motion/checkTime.js';
import { frameWarp } from '../plan/frameWarp.js';
import type { RenderPlan } from '../plan/planCorrections.js';
import { type DeviceFailure, framesFrom, type Parts } from './failover.js';
import { nothingWritten, type PlannedFrame, renderFrames } from './renderFrames.js';
import type { StabilizeOptions } from './stabilizeOptions.js';

/** Frames `start` (included) to `end` (excluded) of a clip. */
export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Renders the frames of the range as planned and writes them, in order. Returns their number once the sink has taken the last. Frames before
 * the range are decoded and not shown; those after it are not read.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` when the plan is for another clip, `GIMBAL_E_CANCELLED`, and what source, renderer and sink
 * throw; also the error of a device which the sink cannot do without. Every frame is closed by then.
 */
export async function renderClip(
  parts: Parts,
  { sink, signal, onProgress }: Pick<StabilizeOptions, 'sink' | 'signal' | 'onProgress'>,
  plan: RenderPlan,
  { start, end }: FrameRange = { start: 0, end: plan.times.length },
): Promise<number> {
  await sink.open(plan.output);
  checkWithinReach(sink, parts.failure);
  const total = end - start;
  const written = nothingWritten();
  for (;;) {
    const { source, renderer } = parts;
    let done = written.frames;
    const onBegun = () => onProgress?.({ stage: 'render', done: ++done, total });
    try {
      const planned = plannedFrames(source, plan, { start: start + written.frames, end }, signal);
      await renderFrames(planned, written, { renderer, sink, info: source.info, signal, onBegun });
      return total;
    } catch (error) {
      if (written.failed) throw error;
      await parts.failOver(error, 'render', start + written.frames);
      checkWithinReach(sink, parts.failure);
    }
  }
}

/** The frames of a range with their warps. Where that ends with the plan, so must the clip. */
async function* plannedFrames(
  source: FrameSource,
  plan: RenderPlan,
  { start, end }: FrameRange,
  signal: AbortSignal | undefined,
): AsyncGenerator<PlannedFrame, void, undefined> {
  const { times } = plan;
  let index = start;
  if (index === end && end < times.length) return;
  for await (const frame of framesFrom(source, start, { signal })) {
    try {
      throwIfAborted(signal);
      if (index === times.length) {
        throw new GimbalError('GIMBAL_E_MOTION_FILE', `The motion describes ${index} frames, the clip has more.`);
      }
      checkTime(frame, times[index], index);
    } catch (error) {
      frame.close();
      throw error;
    }
    yield { frame, warp: frameWarp(plan, index++) };
    if (index === end && end < times.length) return;
  }
  if (index < end) {
    throw new GimbalError(
      'GIMBAL_E_MOTION_FILE',
      `The motion describes ${times.length} frames, the clip has only ${index}.`,
    );
  }
}

/** An encoder on the device cannot go on without it: what it holds cannot be moved to another one, nor can the CPU fill its frames. */
export function checkWithinReach({ memory = ['host'] }: FrameSink, failure: DeviceFailure | undefined): void {
  if (failure === undefined || memory.includes('host')) return;
  const { message, code } = failure.error;
  throw new GimbalError(
    code,
    `${message} The CPU cannot go on, because the encoder takes frames on the device only. Encode in host memory (encoder 'software'), or use device 'cpu'.`,
    { cause: failure.error },
  );
}
