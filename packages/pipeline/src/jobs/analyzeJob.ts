import { analyzePart, type ClipMotion, type Progress, type StabilizeResult } from '@gimbal/core';
import { Parts, rectifyMeasured } from '@gimbal/core/shutter';
import type { FramePlacement } from '../clip/openClip.js';
import { rectifyFramesWith } from '../stabilize/rectifyFrames.js';
import type { Settings } from '../stabilize/settings.js';
import { shutterFor } from '../stabilize/shutterFor.js';
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
    const measures = estimator as NonNullable<typeof estimator>;
    const shutter = shutterFor(settings);
    const timeout = settings.timeout * 1000;
    /** Only of the whole clip can be said how it was read. */
    const rectified = async (
      part: Awaited<ReturnType<typeof analyzePart>>,
    ): Promise<Awaited<ReturnType<typeof analyzePart>>> => {
      if (shutter === undefined || part.state !== undefined || part.motion.times.length < 2) return part;
      const again = new Parts({ source: clip.source, estimator: measures }, fallback);
      const rectifyFrames = rectifyFramesWith(parts.rectifier);
      const report = ({ stage, done, total }: Progress) => onProgress({ stage, done, total });
      return {
        motion: await rectifyMeasured(again, part.motion, {
          shutter,
          rectifyFrames,
          timeout,
          signal,
          onProgress: report,
        }),
      };
    };
    const measured = await analyzePart({
      source: clip.source,
      estimator: measures,
      resume: known,
      end: endFrame,
      fallback: fallback && {
        source: fallback.source,
        estimator: fallback.estimator,
        onFailure(failure) {
          deviceFailure = failure;
        },
      },
      timeout,
      signal,
      onProgress: ({ stage, done, total }) => onProgress({ stage, done, total }),
    });
    const part = await rectified(measured);
    return { ...part, placement: clip.placement(), warnings: parts.warnings({ deviceFailure }) };
  } finally {
    await parts.close();
  }
}
