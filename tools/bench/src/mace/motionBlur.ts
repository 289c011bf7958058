import type { Draws } from './draws.js';
import type { View } from './view.js';

/** How far the picture moves while the shutter is open, in pixels. */
const LENGTH = 9;

/** Samples along the way. */
const STEPS = 18;

/** Least angle between the directions of the two frames. */
const LEAST_ANGLE = Math.PI / 6;

/** Margin that {@link motionBlur} reads. */
export const MOTION_BLUR_MARGIN = Math.ceil(LENGTH / 2) + 1;

/** Directions of the blur in the two frames, in radians: the first uniform over all, the second at least 30° away from it. */
export function blurDirections(random: Draws): [number, number] {
  const first = random.uniform(0, Math.PI);
  return [first, first + random.uniform(LEAST_ANGLE, Math.PI - LEAST_ANGLE)];
}

/**
 * Linear motion blur of 9 px in the frame's own pixels: the mean of 18 bilinear samples along a straight way whose middle is the
 * pixel, so that the label is the motion between the middles of the two exposures.
 */
export function motionBlur(view: View, direction: number): View {
  const { margin, side, values } = view;
  const out = new Float64Array(values.length);
  const [dx, dy] = [Math.cos(direction), Math.sin(direction)];
  for (let step = 0; step < STEPS; step++) {
    const distance = ((step + 0.5) / STEPS - 0.5) * LENGTH;
    const left = Math.floor(distance * dx);
    const top = Math.floor(distance * dy);
    const [fx, fy] = [distance * dx - left, distance * dy - top];
    for (let y = margin; y < side - margin; y++) {
      for (let x = margin; x < side - margin; x++) {
        const at = (y + top) * side + x + left;
        const upper = values[at] * (1 - fx) + values[at + 1] * fx;
        const lower = values[at + side] * (1 - fx) + values[at + side + 1] * fx;
        out[y * side + x] += (upper * (1 - fy) + lower * fy) / STEPS;
      }
    }
  }
  return { ...view, values: out };
}
