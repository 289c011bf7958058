import { analyzePart, type ClipMotion, type StabilizeResult } from '@gimbal/core';
import type { FramePlacement } from '../clip/openClip.js';
import type { Settings } from '../stabilize/settings.js';
import { type JobWarning, openParts } from './jobParts.js';
import { readMotion } from './readRecord.js';
import type { JobContext } from './stabilizeJob.js';

/** A clip whose motion is to be measured. Plain values but for an estimator that is given as an object. */
export interface AnalyzeOrder {
  readonly input: string;
  readonly settings: Settings;
  readonly resume?: { readonly motion: string | ClipMotion; readonly state?: Uint8Array | undefined } | undefined;
  readonly endFrame?: number | undefined;
}

export interface AnalyzeOutcome {
  readonly motion: ClipMotion;
  readonly state?: Uint8Array | undefined;
  readonly placement: FramePlacement;
  readonly warnings: readonly JobWarning[];
}

/** Measures a clip, or a part of it, in this thread, with the frames that `stabilizeJob` would measure. Closes what it made, whatever happens. */
export async function analyzeJob(
  { input, settings, resume, endFrame }: AnalyzeOrder,
  { signal, onProgress }: JobContext,
): Promise<AnalyzeOutcome> {
  const known = resume && {
    state: resume.state,
    motion: typeof resume.motion === 'string' ? await readMotion(resume.motion) : resume.motion,
  };
  // Whether frames are kept decides how they are decoded: as if they were to be rendered from the same pass.
  const parts = await openParts(input, settings, { signal, once: false, measures: true });
  let deviceFailure: StabilizeResult['deviceFailure'];
  try {
    const { clip, estimator, fallback } = parts;
    const part = await analyzePart({
      source: clip.source,
      estimator: estimator as NonNullable<typeof estimator>,
      resume: known,
      end: endFrame,
      fallback: fallback && {
        source: fallback.source,
        estimator: fallback.estimator,
        onFailure(failure) {
          deviceFailure = failure;
        },
      },
      timeout: settings.timeout * 1000,
      signal,
      onProgress: ({ stage, done, total }) => onProgress({ stage, done, total }),
    });
    return { ...part, placement: clip.placement(), warnings: parts.warnings({ deviceFailure }) };
  } finally {
    await parts.close();
  }
}
