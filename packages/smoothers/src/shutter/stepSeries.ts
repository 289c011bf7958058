import { globalHomography, type MotionField, type Size } from '@gimbal/core';
import { homographyToParameters } from '@gimbal/core/geometry';

/** Below this confidence a step says nothing, as for a camera path. */
const TRUSTED = 0.2;

/** A stretch of motion without cuts as numbers. Lengths are in pixels at a width of {@link REFERENCE_WIDTH}. */
export interface StepSeries {
  /** Of the frames, in reference pixels. */
  readonly size: Size;
  /** When each picture was taken, in intervals from frame to frame; a repeated picture was taken when the one before it was. */
  readonly moments: Float64Array;
  /** Eight parameters a step (see CameraPath). */
  readonly parameters: Float64Array;
  /** Per step: 0 nothing is known, 1 a similarity or less, 2 all eight parameters. */
  readonly known: Uint8Array;
}

/** Tuning is in pixels at this width. */
export const REFERENCE_WIDTH = 640;

/** @param interval Seconds from frame to frame. */
export function stepSeries(
  { size, times, steps }: { size: Size; times: Float64Array; steps: readonly MotionField[] },
  interval: number,
): StepSeries {
  const scale = REFERENCE_WIDTH / size.width;
  const moments = new Float64Array(times.length);
  const parameters = new Float64Array(steps.length * 8);
  const known = new Uint8Array(steps.length);
  for (const [i, step] of steps.entries()) {
    const repeated = step.verdict === 'duplicate';
    moments[i + 1] = repeated ? moments[i] : (times[i + 1] - times[0]) / interval;
    if (repeated || step.verdict === 'cut' || step.confidence < TRUSTED) continue;
    const own = homographyToParameters(globalHomography(step), size);
    if (own === undefined) continue;
    for (let k = 0; k < 8; k++) parameters[i * 8 + k] = own[k] * scale;
    known[i] = step.model === 'homography' || step.model === 'mesh' ? 2 : 1;
  }
  return { size: { width: size.width * scale, height: size.height * scale }, moments, parameters, known };
}

/** Seconds from frame to frame: the median, so that gaps do not count. */
export function frameInterval(times: Float64Array): number {
  const intervals = Float64Array.from({ length: times.length - 1 }, (_, i) => times[i + 1] - times[i]).sort();
  return intervals.length === 0 ? 1 : intervals[intervals.length >> 1];
}
