import { globalHomography, type MotionField, type MotionRange, motionField, type Verdict } from '@gimbal/core';

/** A stretch of motion as it crosses to the planner: numbers side by side, one homography for each step. */
export interface SerializedStretch extends Pick<MotionRange, 'first' | 'complete' | 'size' | 'times'> {
  readonly homographies: Float64Array;
  readonly confidences: Float64Array;
  readonly verdicts: readonly Verdict[];
}

export function serializeStretch({ first, complete, size, times, steps }: MotionRange): SerializedStretch {
  const homographies = new Float64Array(steps.length * 9);
  for (const [i, step] of steps.entries()) homographies.set(globalHomography(step), i * 9);
  const confidences = Float64Array.from(steps, ({ confidence }) => confidence);
  return { first, complete, size, times, homographies, confidences, verdicts: steps.map(({ verdict }) => verdict) };
}

export function deserializeStretch({ homographies, confidences, verdicts, ...rest }: SerializedStretch): MotionRange {
  const step = (verdict: Verdict, i: number): MotionField =>
    motionField({
      size: rest.size,
      homographies: homographies.subarray(i * 9, i * 9 + 9),
      confidence: confidences[i],
      verdict,
    });
  return { ...rest, steps: verdicts.map(step) };
}
