import {
  globalHomography,
  type LookAheadOptions,
  type MotionField,
  type MotionStretch,
  motionField,
  type Verdict,
} from '@gimbal/core';
import type { ErrorWords } from '@gimbal/native';

/** A smoother that another thread can make too. */
export interface NamedSmoother {
  readonly name: string;
  /** See `createSmoother`. */
  readonly strength?: number | undefined;
}

/** What the thread is started with. */
export interface PlanThreadData extends Pick<LookAheadOptions, 'budget' | 'frames'> {
  readonly smoother: NamedSmoother;
}

/** A motion stretch as it crosses to the thread: numbers side by side, of every step one homography. */
export interface StretchWords extends Pick<MotionStretch, 'first' | 'complete' | 'size' | 'times'> {
  readonly homographies: Float64Array;
  readonly confidences: Float64Array;
  readonly verdicts: readonly Verdict[];
}

/** What it decided: nine numbers a frame; or why it did not. */
export type PlanAnswer = { readonly corrections: Float64Array } | { readonly error: ErrorWords };

export function stretchWords({ first, complete, size, times, steps }: MotionStretch): StretchWords {
  const homographies = new Float64Array(steps.length * 9);
  for (const [i, step] of steps.entries()) homographies.set(globalHomography(step), i * 9);
  const confidences = Float64Array.from(steps, ({ confidence }) => confidence);
  return { first, complete, size, times, homographies, confidences, verdicts: steps.map(({ verdict }) => verdict) };
}

export function stretchFrom({ homographies, confidences, verdicts, ...words }: StretchWords): MotionStretch {
  const step = (verdict: Verdict, i: number): MotionField =>
    motionField({
      size: words.size,
      homographies: homographies.subarray(i * 9, i * 9 + 9),
      confidence: confidences[i],
      verdict,
    });
  return { ...words, steps: verdicts.map(step) };
}
