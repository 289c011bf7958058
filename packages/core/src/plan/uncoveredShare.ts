// How much of an output picture lies beyond its source frame.
import type { Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';
import { clipToFrame } from './staticCrop.js';

/** Edge pixels that are covered in part count as covered, in pixels. */
const EDGE = 0.5;

/**
 * Share of an output picture, 0 to 1, that its source frame does not cover: what a border is shown on. Exact, from the polygon of
 * output pixels whose source pixel lies inside the frame.
 * @param warp Output pixel → source pixel.
 */
export function uncoveredShare(warp: Homography, output: Size, source: Size): number {
  const x = output.width - 1;
  const y = output.height - 1;
  if (x === 0 || y === 0) return 0;
  const covered = clipToFrame(
    [
      [0, 0],
      [x, 0],
      [x, y],
      [0, y],
    ],
    warp,
    source,
    EDGE,
  );
  let twice = 0;
  for (const [i, [x0, y0]] of covered.entries()) {
    const [x1, y1] = covered[(i + 1) % covered.length];
    twice += x0 * y1 - x1 * y0;
  }
  return Math.min(Math.max(1 - Math.abs(twice) / (2 * x * y), 0), 1);
}
