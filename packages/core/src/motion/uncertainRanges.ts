import type { ClipMotion } from './clipMotion.js';
import type { MotionField } from './motionField.js';

/** Neighbouring frames that were answered alike, with less than a sure homography. */
export interface UncertainRange extends Pick<MotionField, 'model' | 'verdict' | 'reason'> {
  /** The first and the last frame whose step from the frame before is meant. */
  readonly first: number;
  readonly last: number;
  /** Times of these frames, in seconds. */
  readonly start: number;
  readonly end: number;
  /** The lowest of their confidences. */
  readonly confidence: number;
}

/** Whether an answer is weak, or simpler than a homography although the picture moved on. */
export function isUncertain({ verdict, model }: Pick<MotionField, 'verdict' | 'model'>): boolean {
  if (verdict === 'cut' || verdict === 'duplicate') return false;
  return verdict === 'weak' || (model !== 'homography' && model !== 'mesh');
}

/** Where in a clip the motion is a best guess, and why, in the order of the frames. */
export function uncertainRanges({ steps, times }: Pick<ClipMotion, 'steps' | 'times'>): UncertainRange[] {
  const ranges: UncertainRange[] = [];
  for (const [i, step] of steps.entries()) {
    if (!isUncertain(step)) continue;
    const { model, verdict, reason, confidence } = step;
    const [frame, time] = [i + 1, times[i + 1]];
    const open = ranges.at(-1);
    const continues = open?.last === i && open.model === model && open.verdict === verdict && open.reason === reason;
    if (continues) {
      ranges[ranges.length - 1] = {
        ...open,
        last: frame,
        end: time,
        confidence: Math.min(open.confidence, confidence),
      };
    } else {
      ranges.push({ first: frame, last: frame, start: time, end: time, model, verdict, confidence, reason });
    }
  }
  return ranges;
}
