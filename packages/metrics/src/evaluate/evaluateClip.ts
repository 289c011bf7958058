import { type Estimator, type FrameSource, throwIfAborted } from '@gimbal/core';
import { analysisSize } from './analysisSize.js';
import { ClipEvaluator } from './clipEvaluator.js';
import { clockOffset } from './clockOffset.js';
import type { Evaluation } from './evaluation.js';
import { matchFrames } from './matchFrames.js';

/** What {@link evaluateClip} compares, and with what. */
export interface EvaluateOptions {
  /** Frames in host memory. Sizes, formats and frame counts of the two may differ; frames are matched by their times. */
  readonly original: FrameSource;
  readonly stabilized: FrameSource;
  /** Measures all motion. It should not be the estimator that made the clip, and should analyse at about 640 pixels width. */
  readonly referee: Estimator;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: EvaluateProgress) => void) | undefined;
  /** Stop after so many frames of the original. */
  readonly maxFrames?: number | undefined;
  /**
   * Whether points are tracked through both clips, for wobble, displacement by frequency, local distortion and the second judge's jitter. Takes as
   * long again as the rest. Default true; without it they are `null`.
   */
  readonly tracks?: boolean | undefined;
  /** Whether the result carries numbers per frame. */
  readonly series?: boolean | undefined;
}

/** How far an evaluation has come. */
export interface EvaluateProgress {
  /** Frames of the original that are done, and their number if known. */
  readonly done: number;
  readonly total: number | undefined;
}

/**
 * Measures a stabilized clip against its original, from the decoded pixels of both. All pixels are at 640 width: each clip's own motion
 * in its own coordinates, the alignment with both pictures scaled onto the original's shape. Closes neither source.
 * @throws GimbalError `GIMBAL_E_UNMATCHED` when more than half of the original's frames have no partner that shows the same picture;
 * `GIMBAL_E_INPUT_NOT_VIDEO` when a clip has no frame; `GIMBAL_E_INVALID_ARGUMENT` for frames that are not in host memory;
 * `GIMBAL_E_CANCELLED`; what the sources and the referee throw.
 */
export async function evaluateClip(options: EvaluateOptions): Promise<Evaluation> {
  const { original, stabilized, referee, signal, onProgress, maxFrames = Number.POSITIVE_INFINITY } = options;
  const size = analysisSize(original.info);
  const known = original.info.frameCount;
  const total = known === undefined ? undefined : Math.min(known, maxFrames);
  const tolerance = 0.5 / Math.max(original.info.frameRate, 1e-3);
  const limits = { signal };
  const offset = await clockOffset({ original, stabilized, referee, size, tolerance, limits });
  const evaluator = new ClipEvaluator(
    referee,
    size,
    analysisSize(stabilized.info),
    limits,
    options.tracks === false ? undefined : { original: original.info.frameRate, stabilized: stabilized.info.frameRate },
  );
  try {
    for await (const match of matchFrames({ original, stabilized, tolerance, offset, signal })) {
      if (match.original && evaluator.counts.original >= maxFrames) {
        match.original.close();
        match.stabilized?.close();
        break;
      }
      await evaluator.take(match);
      onProgress?.({ done: evaluator.counts.original, total });
      throwIfAborted(signal);
    }
    return evaluator.finish(offset, options.series ?? false);
  } finally {
    evaluator.close();
  }
}
