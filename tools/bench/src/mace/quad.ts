import type { Homography } from '@gimbal/core';
import { frameCorners, homographyFromCorners } from '@gimbal/core/geometry';
import { PATCH } from './bins.js';

/** The centres of a patch's corner pixels: top left, top right, bottom right, bottom left. */
export const patchCorners = frameCorners({ width: PATCH, height: PATCH });

/** Where a patch's corners go when they move by these offsets (x, y of each). */
export function movedCorners(offsets: ArrayLike<number>): Float64Array {
  return patchCorners.map((value, i) => value + offsets[i]);
}

/** The homography that moves a patch's corners by these offsets. */
export function offsetHomography(offsets: ArrayLike<number>): Homography {
  return homographyFromCorners(patchCorners, movedCorners(offsets));
}

/** Whether a patch whose corners move by these offsets stays convex and is not mirrored. */
export function isConvex(offsets: ArrayLike<number>): boolean {
  const q = movedCorners(offsets);
  return [0, 1, 2, 3].every((i) => {
    const [a, b, c] = [2 * i, 2 * ((i + 1) % 4), 2 * ((i + 2) % 4)];
    return (q[b] - q[a]) * (q[c + 1] - q[b + 1]) - (q[b + 1] - q[a + 1]) * (q[c] - q[b]) > 0;
  });
}
