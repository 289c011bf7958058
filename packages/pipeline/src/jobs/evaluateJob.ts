import type { Estimator, EstimatorPlugin, HostFrame, Size } from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import { type Evaluation, evaluateClip } from '@gimbal/metrics';
import { type Deinterlace, openVideo, type ReadingOptions, type VideoSource } from '@gimbal/video';
import { estimators } from '../estimators.js';
import { stabilizedHalf } from '../stabilize/sideBySide.js';
import { runtimeInfo } from './jobParts.js';
import type { JobContext } from './stabilizeJob.js';

/** Two files that are to be compared. */
export interface EvaluateOrder {
  readonly original: string;
  readonly stabilized: string;
  /** Size of the stabilized half, as it is stored, when the second file shows both side by side. */
  readonly stabilizedHalf?: Size | undefined;
  /** What was made of the original's interlaced pictures; `auto` unless told. */
  readonly deinterlace?: Deinterlace | undefined;
  /** Which stream of the original was stabilized, and which part of it, in seconds. */
  readonly stream?: number | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** Frames after which measuring stops; all of them unless told. */
  readonly maxFrames?: number | undefined;
}

/** The referee's options stay the same whatever made the clip: a seed of its own, and every pair judged for itself. */
const REFEREE = { analysisSize: 640, seed: 640, continuity: false };

/**
 * The estimator that `gimbal evaluate` measures with, on the CPU, always with the same options: for `evaluateClip` of `@gimbal/metrics`, where
 * the clips are no files. Its maker disposes of it.
 */
export function createReferee(): Promise<Estimator> {
  const context = { runtime: runtimeInfo({ device: 'cpu' }) };
  return estimators.createEstimator(classical as EstimatorPlugin, REFEREE, context, { from: process.cwd() });
}

/** Measures two files from their decoded pixels, on the CPU, always with the same referee. Closes both, whatever happens. */
export async function evaluateJob(
  { original, stabilized, stabilizedHalf: half, deinterlace, stream, start, end, maxFrames }: EvaluateOrder,
  { signal, onProgress }: JobContext,
): Promise<Evaluation> {
  const closing: (() => unknown)[] = [];
  const open = async (file: string, how: ReadingOptions = {}): Promise<VideoSource<HostFrame>> => {
    const source = await openVideo(file, { ...how, signal });
    closing.push(() => source.close());
    return source;
  };
  try {
    const before = await open(original, { deinterlace, stream, start, end });
    const after = await open(stabilized);
    const referee = await createReferee();
    closing.push(() => referee.dispose?.());
    onProgress({ stage: 'evaluate', done: 0, total: before.info.frameCount });
    return await evaluateClip({
      original: before,
      stabilized: half === undefined ? after : stabilizedHalf(after, half, after.info.stream.rotation),
      referee,
      maxFrames,
      signal,
      onProgress: ({ done, total }) => onProgress({ stage: 'evaluate', done, total }),
    });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
