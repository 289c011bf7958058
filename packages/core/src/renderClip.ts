import { checkTime } from './checkTime.js';
import type { ClipMotion } from './clipMotion.js';
import { GimbalError, throwIfAborted } from './errors.js';
import { type DeviceFailure, framesFrom, type Parts } from './fallback.js';
import type { FrameSink } from './frameSink.js';
import type { FrameSource } from './frameSource.js';
import type { RenderPlan } from './planCorrections.js';
import { nothingWritten, type PlannedFrame, renderFrames } from './renderFrames.js';
import type { StabilizeOptions } from './stabilizeOptions.js';

/**
 * Renders every frame of the clip as planned and writes it, in order. Returns their number once the sink has taken the last.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` when the plan is for another clip, `GIMBAL_E_CANCELLED`, and what source, renderer and sink
 * throw; also the error of a device which the sink cannot do without. Every frame is closed by then.
 */
export async function renderClip(
  parts: Parts,
  { sink, signal, onProgress }: Pick<StabilizeOptions, 'sink' | 'signal' | 'onProgress'>,
  plan: RenderPlan,
  motion: ClipMotion,
): Promise<number> {
  await sink.open(plan.output);
  checkWithinReach(sink, parts.failure);
  const total = motion.times.length;
  const written = nothingWritten();
  for (;;) {
    const { source, renderer } = parts;
    let done = written.frames;
    const onBegun = () => onProgress?.({ stage: 'render', done: ++done, total });
    try {
      const planned = plannedFrames(source, written.frames, plan, motion, signal);
      await renderFrames(planned, written, { renderer, sink, info: source.info, signal, onBegun });
      return total;
    } catch (error) {
      if (written.failed) throw error;
      await parts.takeOver(error, 'render', written.frames);
      checkWithinReach(sink, parts.failure);
    }
  }
}

/** The frames of the source from the one at `first` on, with their warps, of which there must be exactly as many. */
async function* plannedFrames(
  source: FrameSource,
  first: number,
  { warps }: RenderPlan,
  { times }: ClipMotion,
  signal: AbortSignal | undefined,
): AsyncGenerator<PlannedFrame, void, undefined> {
  let index = first;
  for await (const frame of framesFrom(source, first, { signal })) {
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
    yield { frame, warp: warps[index++] };
  }
  if (index < times.length) {
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
