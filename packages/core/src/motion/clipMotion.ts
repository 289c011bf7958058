import type { Size } from '../frame/frame.js';
import { homographyFromCorners } from '../geometry/fourCorner.js';
import { applyHomography, frameCorners, type Homography } from '../geometry/homography.js';
import type { RectifiedClip, RollingShutter } from '../shutter/rollingShutter.js';
import { applyMotionField, type MotionField } from './motionField.js';

/** How the camera moved through a whole clip: what an analysis yields and a rendering needs. */
export interface ClipMotion {
  readonly size: Size;
  /** Seconds, one per frame, strictly increasing. */
  readonly times: Float64Array;
  /** `times.length − 1` motions; `steps[i]` leads from frame i to frame i + 1. */
  readonly steps: readonly MotionField[];
  /** Name of the estimator that measured it. */
  readonly estimator: string;
  /** Width of a pixel over its height, as it is shown; 1 unless told. Sizes and homographies are in pixels as they are stored. */
  readonly pixelAspect?: number | undefined;
  /** What was found of a rolling shutter; absent where nobody looked. The steps are as they were measured, with it. */
  readonly rollingShutter?: RollingShutter | undefined;
  /** What is left of the motion without the rolling shutter; absent where that is not corrected. */
  readonly rectified?: RectifiedClip | undefined;
}

/** Frames `start` (included) to `end` (excluded) that show one scene. */
export interface Shot {
  readonly start: number;
  readonly end: number;
}

/** Splits a clip at its cuts. */
export function shotsOf(motion: ClipMotion): Shot[] {
  const shots: Shot[] = [];
  let start = 0;
  for (let i = 0; i < motion.steps.length; i++) {
    if (motion.steps[i].verdict !== 'cut') continue;
    shots.push({ start, end: i + 1 });
    start = i + 1;
  }
  if (motion.times.length > start) shots.push({ start, end: motion.times.length });
  return shots;
}

/** One homography for a whole field: its own for a 1×1 grid, otherwise the one through the images of the four frame corners. */
export function globalHomography(field: MotionField): Homography {
  if (field.rows === 1 && field.cols === 1) return field.homographies;
  const corners = frameCorners(field.size);
  const images = new Float64Array(8);
  for (let k = 0; k < 4; k++) images.set(applyMotionField(field, corners[2 * k], corners[2 * k + 1]), 2 * k);
  return homographyFromCorners(corners, images);
}

/** Largest distance in pixels by which a map moves a corner of the frame. */
export function largestCornerShift(h: Homography, size: Size): number {
  const corners = frameCorners(size);
  let largest = 0;
  for (let k = 0; k < 4; k++) {
    const [x, y] = applyHomography(h, corners[2 * k], corners[2 * k + 1]);
    largest = Math.max(largest, Math.hypot(x - corners[2 * k], y - corners[2 * k + 1]));
  }
  return largest;
}
