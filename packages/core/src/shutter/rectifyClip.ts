import type { ClipMotion } from '../motion/clipMotion.js';
import { globalHomography } from '../motion/clipMotion.js';
import type { MotionField } from '../motion/motionField.js';
import { displayMotion, inDisplayProportions, pixelAspectOf } from '../plan/displayProportions.js';
import { type ClipReadouts, readoutInPixels } from './fitReadouts.js';
import { READOUT_NODES, type ReadoutMotion, type RectifiedClip } from './rollingShutter.js';
import type { ShutterModel } from './shutterModel.js';

/** Numbers of a {@link ReadoutMotion}. */
export const READOUT_NUMBERS = READOUT_NODES.length * 8;

/** Looks for a rolling shutter in a measured motion: the same motion with what was found, and with what is left of it without where it is sure. */
export function rectifyClip(motion: ClipMotion, shutter: ShutterModel): ClipMotion {
  const { size } = motion;
  const { rectified: _, ...measured } = motion;
  const seen = displayMotion(measured);
  const { steps, readouts, rollingShutter } = shutter.rectify(seen);
  if (rollingShutter.corrected === 0) return { ...measured, rollingShutter };
  const aspect = pixelAspectOf(motion);
  const homographies = new Float64Array(steps.length * 9);
  for (const [i, step] of steps.entries()) {
    const own = globalHomography(step);
    homographies.set(aspect === 1 ? own : inDisplayProportions(own, 1 / aspect), i * 9);
  }
  const all = new Float64Array(readouts.length * READOUT_NUMBERS);
  for (const [i, own] of readouts.entries()) {
    if (own !== undefined) all.set(readoutInPixels(own, seen.size, size, aspect), i * READOUT_NUMBERS);
  }
  return { ...measured, rollingShutter, rectified: { homographies, readouts: all } };
}

/** The motion of a clip's middle rows, where it is known apart from the measured one. */
export function withoutRollingShutter(motion: ClipMotion): ClipMotion {
  const { rectified } = motion;
  if (rectified === undefined) return motion;
  const steps = motion.steps.map(
    (step, i): MotionField => ({
      ...step,
      rows: 1,
      cols: 1,
      homographies: rectified.homographies.subarray(i * 9, i * 9 + 9),
    }),
  );
  return { ...motion, steps };
}

/** What the camera did while each frame was read; undefined where no frame is to be corrected. */
export function clipReadouts({ rectified, rollingShutter, times }: ClipMotion): ClipReadouts | undefined {
  if (rectified === undefined) return undefined;
  const motions = Array.from(times, (_, i): ReadoutMotion | undefined => {
    const own = rectified.readouts.subarray(i * READOUT_NUMBERS, (i + 1) * READOUT_NUMBERS);
    return own.some((value) => value !== 0) ? own : undefined;
  });
  return { axis: rollingShutter?.axis ?? 'rows', motions };
}

/** Whether the numbers belong to a clip of so many frames. */
export function isRectifiedClip({ homographies, readouts }: RectifiedClip, frames: number): boolean {
  const finite = homographies.every(Number.isFinite) && readouts.every(Number.isFinite);
  return finite && homographies.length === (frames - 1) * 9 && readouts.length === frames * READOUT_NUMBERS;
}
