import type { FrameSource } from '../frame/frameSource.js';
import { type AnalyzeOptions, analyzeWith } from '../motion/analyze.js';
import { type ClipMotion, globalHomography } from '../motion/clipMotion.js';
import type { ClipReadouts } from '../shutter/fitReadouts.js';
import { clipReadouts, rectifyClip } from '../shutter/rectifyClip.js';
import type { ShutterModel } from '../shutter/shutterModel.js';
import { Parts } from './failover.js';

/** Shows the frames of a source with all rows at the moment of the middle one. */
export type RectifyFrames = (source: FrameSource, readouts: ClipReadouts) => FrameSource;

/** Below this confidence the second measurement is not believed. */
const TRUSTED = 0.2;

/** What {@link rectifyMeasured} works with. */
export interface RectifyOptions extends Omit<AnalyzeOptions, 'source' | 'estimator' | 'fallback'> {
  readonly shutter: ShutterModel;
  /** Without it the middle rows' motion is computed from the measured one, which is less exact. */
  readonly rectifyFrames?: RectifyFrames | undefined;
}

/**
 * Looks for a rolling shutter in a measured motion. Where there is one, the frames are shown without it and measured once more: a homography
 * cannot tell how rows that moved differently were weighed against one another.
 */
export async function rectifyMeasured(parts: Parts, motion: ClipMotion, options: RectifyOptions): Promise<ClipMotion> {
  const found = rectifyClip(motion, options.shutter);
  const { rectified } = found;
  const readouts = clipReadouts(found);
  const { rectifyFrames } = options;
  if (rectified === undefined || readouts === undefined || rectifyFrames === undefined) return found;
  const again = await measuredAgain(parts, (source) => rectifyFrames(source, readouts), options);
  const homographies = rectified.homographies.slice();
  for (const [i, step] of again.steps.entries()) {
    const known = motion.steps[i];
    if (known === undefined || known.verdict === 'duplicate' || known.verdict === 'cut') continue;
    if (step.verdict === 'cut' || step.confidence < TRUSTED || known.confidence < TRUSTED) continue;
    homographies.set(globalHomography(step), i * 9);
  }
  return { ...found, rectified: { ...rectified, homographies } };
}

async function measuredAgain(
  parts: Parts,
  shown: (source: FrameSource) => FrameSource,
  options: RectifyOptions,
): Promise<ClipMotion> {
  for (;;) {
    const { source, estimator } = parts;
    try {
      return await analyzeWith(new Parts({ source: shown(source), estimator }, undefined), options);
    } catch (error) {
      await parts.failOver(error, 'analyze', 0);
    }
  }
}
