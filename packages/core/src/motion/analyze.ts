import { GimbalError } from '../errors.js';
import type { Frame } from '../frame/frame.js';
import type { FrameSource } from '../frame/frameSource.js';
import { pixelAspectOf } from '../plan/displayProportions.js';
import { type Fallback, framesFrom, Parts } from '../run/failover.js';
import type { OnProgress } from '../run/progress.js';
import type { EstimateLimits } from './checkedEstimate.js';
import type { ClipMotion } from './clipMotion.js';
import type { Estimator } from './estimator.js';
import { type MeasuredFrames, measureFrames, noFramesYet, resumesAt } from './measureFrames.js';

/** What {@link analyze} works on. */
export interface AnalyzeOptions extends EstimateLimits {
  readonly source: FrameSource;
  readonly estimator: Estimator;
  /** What goes on when a CUDA device fails on the way; without it the analysis fails too. */
  readonly fallback?: Fallback | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Measures the camera's motion through a clip. Where frames do not match their neighbours on either side (a flash, a glitch, a few black
 * frames), the frame before is compared with the frame after, and what moved is shared out over the gap.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_VIDEO` when there is no frame at all; what {@link checkedEstimate} throws.
 */
export async function analyze(options: AnalyzeOptions): Promise<ClipMotion> {
  return analyzeWith(new Parts(options, options.fallback), options);
}

/** The same with parts that may have been replaced before, or are on the way. */
export async function analyzeWith(
  parts: Parts,
  options: EstimateLimits & Pick<AnalyzeOptions, 'onProgress'>,
): Promise<ClipMotion> {
  const measured = noFramesYet();
  await measureClip(parts, measured, options);
  return clipMotion(measured, parts);
}

/**
 * Adds the clip's frames up to `end` to those that were measured. The parts of the fallback go on where the first ones fail.
 * @param end Frames of the clip, from its first, after which it stops. Default: at the clip's end.
 * @returns whether the clip has no more frames.
 */
export async function measureClip(
  parts: Parts,
  measured: MeasuredFrames,
  options: EstimateLimits & Pick<AnalyzeOptions, 'onProgress'>,
  end = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const { signal, onProgress } = options;
  let again = measured.times.length > 0;
  for (;;) {
    const { source, estimator } = parts;
    const first = again ? resumesAt(measured) : measured.times.length;
    const frames = new FramesUntil(framesFrom(source, first, { signal }), end - first);
    const total = end === Number.POSITIVE_INFINITY ? source.info.frameCount : end;
    try {
      const onMeasured = () => onProgress?.({ stage: 'analyze', done: measured.times.length, total });
      await measureFrames(frames, estimator, measured, options, { onMeasured }, again);
      return !frames.more;
    } catch (error) {
      again = false;
      await parts.failOver(error, 'analyze', measured.times.length);
    }
  }
}

/** So many frames of a clip, and whether it has more. */
class FramesUntil implements AsyncIterable<Frame> {
  more = false;

  constructor(
    private readonly frames: AsyncIterable<Frame>,
    private readonly count: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Frame, void, undefined> {
    let given = 0;
    for await (const frame of this.frames) {
      if (given++ === this.count) {
        frame.close();
        this.more = true;
        return;
      }
      yield frame;
    }
  }
}

/** What was measured by the parts at work. @throws GimbalError `GIMBAL_E_INPUT_NOT_VIDEO` when that is nothing. */
export function clipMotion({ times, steps }: MeasuredFrames, { source, estimator }: Parts): ClipMotion {
  if (times.length === 0)
    throw new GimbalError('GIMBAL_E_INPUT_NOT_VIDEO', 'The input has no frame that could be decoded.');
  const { width, height } = source.info;
  const pixelAspect = pixelAspectOf(source.info);
  return {
    size: { width, height },
    times: Float64Array.from(times),
    steps,
    estimator: estimator.name,
    ...(pixelAspect !== 1 && { pixelAspect }),
  };
}
