import type { ClipMotion } from './clipMotion.js';
import { GimbalError, throwIfAborted } from './errors.js';
import { type DeviceFailure, framesFrom, type Parts } from './fallback.js';
import type { Frame } from './frame.js';
import type { FrameSink } from './frameSink.js';
import { framesUnderWay } from './framesUnderWay.js';
import type { RenderPlan } from './planCorrections.js';
import { globalWarp } from './renderer.js';
import type { StabilizeOptions } from './stabilize.js';

/**
 * Renders every frame of the clip as planned and writes it, in order. As many frames are on their way as the renderer says it gains by;
 * the sink holds the rest back. Returns their number once the sink has taken the last.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` when the plan is for another clip, `GIMBAL_E_CANCELLED`, and what source, renderer and sink
 * throw, of several failures that of the earliest frame; also that of a device which the sink cannot do without. Every frame is closed
 * by then.
 */
export async function renderClip(
  parts: Parts,
  options: RenderClipOptions,
  plan: RenderPlan,
  motion: ClipMotion,
): Promise<number> {
  await options.sink.open(plan.output);
  checkWithinReach(options.sink, parts.failure);
  const progress: Written = { frames: 0, failed: false };
  for (;;) {
    try {
      return await pass(parts, options, plan, motion, progress);
    } catch (error) {
      // What the sink was given is gone: nothing can be put in its place.
      if (progress.failed) throw error;
      await parts.takeOver(error, 'render', progress.frames);
      checkWithinReach(options.sink, parts.failure);
    }
  }
}

type RenderClipOptions = Pick<StabilizeOptions, 'sink' | 'signal' | 'onProgress'>;

/** What the sink has been given. */
interface Written {
  frames: number;
  /** Whether it refused a frame. */
  failed: boolean;
}

/** Goes on from the first frame that was not written. */
async function pass(
  { source, renderer }: Parts,
  { sink, signal, onProgress }: RenderClipOptions,
  plan: RenderPlan,
  motion: ClipMotion,
  progress: Written,
): Promise<number> {
  const total = motion.times.length;
  const most = framesUnderWay(renderer.concurrency, source.info);
  const rendering: Promise<void>[] = [];
  const writing: Promise<void>[] = [];
  let done = progress.frames;

  /** Starts a frame; the first promise tells that it is rendered, the second that the sink has taken it after those before it. */
  function start(frame: Frame, warp: Float64Array, before: Promise<void> | undefined): [Promise<void>, Promise<void>] {
    let target: Frame | undefined;
    const rendered = (async () => {
      try {
        target = await sink.allocate(frame);
        await renderer.render(frame, target, globalWarp(warp), { signal });
      } finally {
        frame.close();
      }
    })();
    const written = (async () => {
      try {
        await rendered;
        await before;
      } catch (error) {
        target?.close();
        // What went wrong with an earlier frame matters more.
        await before;
        throw error;
      }
      progress.frames++;
      await sink.write(target as Frame).catch((error: unknown) => {
        progress.failed = true;
        throw error;
      });
    })();
    // Both are awaited some frames later; a failure must not count as unhandled until then.
    for (const promise of [rendered, written]) promise.catch(() => undefined);
    return [rendered, written];
  }

  try {
    for await (const frame of framesFrom(source, done, { signal })) {
      try {
        throwIfAborted(signal);
        if (done === total) {
          throw new GimbalError('GIMBAL_E_MOTION_FILE', `The motion describes ${total} frames, the clip has more.`);
        }
        checkTime(frame.time, motion.times[done], done);
      } catch (error) {
        frame.close();
        throw error;
      }
      const [rendered, written] = start(frame, plan.warps[done], writing.at(-1));
      rendering.push(rendered);
      writing.push(written);
      if (rendering.length >= most) await rendering.shift();
      if (writing.length > most) await writing.shift();
      done++;
      onProgress?.({ stage: 'render', done, total });
    }
  } finally {
    await writing.at(-1);
  }
  if (done < total) {
    throw new GimbalError('GIMBAL_E_MOTION_FILE', `The motion describes ${total} frames, the clip has only ${done}.`);
  }
  return done;
}

/** An encoder on the device cannot go on without it: what it holds cannot be moved to another one, nor can the CPU fill its frames. */
function checkWithinReach({ memory = ['host'] }: FrameSink, failure: DeviceFailure | undefined): void {
  if (failure === undefined || memory.includes('host')) return;
  const { message, code } = failure.error;
  throw new GimbalError(
    code,
    `${message} The CPU cannot go on, because the encoder takes frames on the device only. Encode in host memory (encoder 'software'), or use device 'cpu'.`,
    { cause: failure.error },
  );
}

/** A motion that was measured on another clip would shake the picture instead of steadying it. */
function checkTime(time: number, expected: number, index: number): void {
  if (Math.abs(time - expected) <= 1e-3) return;
  throw new GimbalError(
    'GIMBAL_E_MOTION_FILE',
    `Frame ${index} of the clip is at ${time.toFixed(3)} s, the motion expects it at ${expected.toFixed(3)} s: it belongs to another clip.`,
  );
}
