// Keeps the motion fields of a clip in little memory.
import type { Homography } from '../geometry/homography.js';
import { homographyArray } from '../geometry/homographyArray.js';
import type { MotionField } from './motionField.js';

/** Homographies that come one by one are kept in arrays of so many. */
const TOGETHER = 256;

/**
 * Gives a function that gives the same field in little memory: for those of a clip, which come one by one and live as long as the run. A
 * homography in an array of its own takes a kilobyte with all that belongs to it. A grid is large enough as it is.
 */
export function compactFields(): (field: MotionField) => MotionField {
  let room: Homography[] = [];
  return (field) => {
    if (field.homographies.length !== 9) return field;
    if (room.length === 0) room = homographyArray(TOGETHER).reverse();
    const homographies = room.pop() as Homography;
    homographies.set(field.homographies);
    return { ...field, homographies };
  };
}
