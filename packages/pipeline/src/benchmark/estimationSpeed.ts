import { checkedEstimate, type Estimator, type Frame, type FrameSource, throwIfAborted } from '@gimbal/core';

/** How fast an estimator is by itself, on frames that are decoded and in memory. */
export interface EstimationSpeed {
  /** Pairs of consecutive frames that were timed. */
  readonly pairs: number;
  readonly seconds: number;
  /** `null` when the clip is too short to time anything. */
  readonly pairsPerSecond: number | null;
}

/** Limits of {@link estimationSpeed}. */
export interface EstimationSpeedOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that one estimate may take. */
  readonly timeout?: number | undefined;
  /** Most pairs that are timed, default 120. */
  readonly pairs?: number | undefined;
  /** Seconds after which timing stops, default 10. */
  readonly seconds?: number | undefined;
  /** Bytes that decoded frames may take, default 256 MiB. */
  readonly bytes?: number | undefined;
}

/** The first pair makes buffers and warms caches; it is not timed. */
const WARM_UP = 1;

/**
 * Decodes the beginning of a clip, keeps it in memory and times the estimates alone, one pair after the other as in a run: what an
 * estimator keeps of a frame it computes once. Frames are closed in the end; source and estimator stay open.
 */
export async function estimationSpeed(
  source: FrameSource,
  estimator: Estimator,
  options: EstimationSpeedOptions = {},
): Promise<EstimationSpeed> {
  const { signal, timeout, pairs: most = 120, seconds: longest = 10, bytes = 256 * 2 ** 20 } = options;
  const frames: Frame[] = [];
  try {
    let held = 0;
    for await (const frame of source.frames({ signal })) {
      frames.push(frame);
      held += frameBytes(frame);
      if (frames.length > most + WARM_UP || held > bytes) break;
    }
    await estimator.warmup?.(source.info);
    let pairs = 0;
    let started = performance.now();
    let seconds = 0;
    for (let i = 1; i < frames.length && seconds < longest; i++) {
      throwIfAborted(signal);
      await checkedEstimate(estimator, frames[i - 1], frames[i], { signal, timeout });
      if (i === WARM_UP) started = performance.now();
      else pairs++;
      seconds = (performance.now() - started) / 1000;
    }
    return { pairs, seconds, pairsPerSecond: pairs > 0 ? pairs / seconds : null };
  } finally {
    for (const frame of frames) frame.close();
  }
}

function frameBytes(frame: Frame): number {
  if (frame.memory !== 'host') return 2 * frame.width * frame.height;
  return frame.planes.reduce((sum, plane) => sum + plane.stride * plane.height, 0);
}
