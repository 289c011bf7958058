// Tracks the corners of one picture into another.
import type { LumaImage } from '../image/lumaImage.js';
import { cornerPoints } from './cornerPoints.js';
import { imagePyramid } from './imagePyramid.js';
import { trackPoints } from './trackPoints.js';

/** Levels of the pyramid that points are tracked through: displacements of up to about 100 px. */
const LEVELS = 5;

/** Corners of one picture, and where they lie in another: x, y pairs, `NaN` in `to` where a point was lost. */
export function trackBetween(first: LumaImage, second: LumaImage): { from: Float64Array; to: Float64Array } {
  const from = cornerPoints(first);
  return { from, to: trackPoints(imagePyramid(first, LEVELS), imagePyramid(second, LEVELS), from) };
}
