import type { Homography, Size } from '@gimbal/core';
import {
  applyHomography,
  composeHomographies,
  frameCorners,
  homographyFromCorners,
  rescaleHomography,
  scalingHomography,
  translationHomography,
} from '@gimbal/core/geometry';
import { GRID } from './gridPicture.js';

export const GRID_SIZE: Size = { width: GRID, height: GRID };

/** The networks number the corners TL, TR, BL, BR; the closed form goes round: TL, TR, BR, BL. */
const AROUND = [0, 1, 3, 2];

/** No displacement. */
export function cornersAtRest(): Float32Array {
  return new Float32Array(8);
}

/**
 * The homography of the grid that displaces its corners so.
 * @param corners x, y of TL, TR, BL, BR: displacement from (0, 0), (127, 0), (0, 127), (127, 127), pixel centres on integers.
 * @returns undefined when no camera moves so: a quad that is not convex or mirrored, a side that changes by more than 2.5 times, or a depth
 * that changes by more than eight times.
 */
export function gridHomography(corners: ArrayLike<number>): Homography | undefined {
  const from = frameCorners(GRID_SIZE);
  const to = new Float64Array(8);
  AROUND.forEach((corner, k) => {
    to[2 * k] = from[2 * k] + corners[2 * corner];
    to[2 * k + 1] = from[2 * k + 1] + corners[2 * corner + 1];
  });
  if (!isPlausibleQuad(to)) return undefined;
  const map = homographyFromCorners(from, to);
  for (let k = 0; k < 4; k++) {
    const depth = map[6] * from[2 * k] + map[7] * from[2 * k + 1] + 1;
    if (!(depth > 1 / 8 && depth < 8)) return undefined;
  }
  return map;
}

function isPlausibleQuad(quad: Float64Array): boolean {
  const side = GRID - 1;
  for (let k = 0; k < 4; k++) {
    const at = (step: number): [number, number] => {
      const i = (k + step) % 4;
      return [quad[2 * i], quad[2 * i + 1]];
    };
    const [[x0, y0], [x1, y1], [x2, y2]] = [at(0), at(1), at(2)];
    const length = Math.hypot(x1 - x0, y1 - y0);
    const turn = (x1 - x0) * (y2 - y1) - (y1 - y0) * (x2 - x1);
    if (!(length > 0.4 * side && length < 2.5 * side && turn > 0.01 * side * side)) return false;
  }
  return true;
}

/** How a homography of the grid displaces its corners TL, TR, BL, BR. */
export function cornersOf(map: Homography): Float32Array {
  const from = frameCorners(GRID_SIZE);
  const corners = cornersAtRest();
  AROUND.forEach((corner, k) => {
    const [x, y] = applyHomography(map, from[2 * k], from[2 * k + 1]);
    corners[2 * corner] = x - from[2 * k];
    corners[2 * corner + 1] = y - from[2 * k + 1];
  });
  return corners;
}

/** A homography of the grid between frames of `size`: exact, the grid's pixel (x + ½)·W/128 − ½ being the frame's. */
export function toFrame(map: Homography, size: Size): Homography {
  return rescaleHomography(map, GRID_SIZE, size);
}

/** The same the other way. */
export function toGrid(map: Homography, size: Size): Homography {
  return rescaleHomography(map, size, GRID_SIZE);
}

/** A homography of the grid between pictures of half its size (means of 2 × 2). */
export function toHalf(map: Homography): Homography {
  const up = composeHomographies(translationHomography(0.5, 0.5), scalingHomography(2));
  const down = composeHomographies(scalingHomography(0.5), translationHomography(-0.5, -0.5));
  return composeHomographies(down, map, up);
}

/** Largest distance in grid pixels by which a homography of the grid moves one of its corners. */
export function largestShift(map: Homography): number {
  const corners = cornersOf(map);
  return Math.max(...[0, 2, 4, 6].map((k) => Math.hypot(corners[k], corners[k + 1])));
}
