// How much two pictures are alike by their gradients: under a homography, and under the best shift.
import type { Homography } from '@gimbal/core';

/**
 * Gradients of a square picture in grey levels, x and y interleaved, compressed so that one strong edge does not dominate; 0 on the border.
 * Gradients, because large light and dark areas correlate between any two pictures. Samples that are NaN give NaN.
 * @param out The array to write; a new one by default.
 */
export function gradients(
  picture: Float32Array,
  side: number,
  out: Float32Array = new Float32Array(2 * side * side),
): Float32Array {
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const i = y * side + x;
      const gx = picture[i + 1] - picture[i - 1];
      const gy = picture[i + side] - picture[i - side];
      const scale = 1 / Math.sqrt(Math.hypot(gx, gy) + 2);
      out[2 * i] = gx * scale;
      out[2 * i + 1] = gy * scale;
    }
  }
  return out;
}

/** Least overlap, as a share of the frame, for two pictures to be compared. */
const LEAST_OVERLAP = 0.25;

/** Correlations of gradients, −1..1. */
export interface GradientCorrelation {
  /** Where the pictures overlap. */
  readonly whole: number;
  /** The same, weighted by the inlier map. */
  readonly inliers: number;
}

/**
 * Correlation of the gradients of two pictures of `side × side`, the second warped onto the first, over their overlap; 0 if that is too small. Of two different scenes one pair in a hundred exceeds 0.28 as a whole; of neighbouring frames, rightly
 * aligned, one in a hundred falls below 0.48.
 * @param firstGradients Of the first picture, as {@link gradients} gives them.
 * @param map From the first picture to the second, in their pixels.
 * @param weights Inlier weight of each pixel of the first, 0..1; all 1 by default.
 */
export function warpedCorrelation(
  firstGradients: Float32Array,
  second: Float32Array,
  side: number,
  map: Homography,
  weights?: Float32Array,
): GradientCorrelation {
  const { picture, gradient } = scratchOf(side);
  paintWarped(second, side, map, picture);
  gradients(picture, side, gradient);
  let [both, square, otherSquare, count] = [0, 0, 0, 0];
  let [bothIn, squareIn, otherSquareIn] = [0, 0, 0];
  for (let i = 0; i < side * side; i++) {
    const x = gradient[2 * i];
    const y = gradient[2 * i + 1];
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    const a = firstGradients[2 * i];
    const b = firstGradients[2 * i + 1];
    const weight = weights === undefined ? 1 : weights[i];
    const product = a * x + b * y;
    const first = a * a + b * b;
    const other = x * x + y * y;
    both += product;
    square += first;
    otherSquare += other;
    bothIn += weight * product;
    squareIn += weight * first;
    otherSquareIn += weight * other;
    count++;
  }
  if (count < LEAST_OVERLAP * side * side) return { whole: 0, inliers: 0 };
  return {
    whole: both / Math.sqrt(square * otherSquare + 1e-9),
    inliers: bothIn / Math.sqrt(squareIn * otherSquareIn + 1e-9),
  };
}

interface Scratch {
  readonly picture: Float32Array;
  readonly gradient: Float32Array;
}

/** What one comparison needs besides the pictures: kept, since it is needed for every pair of a clip. */
const scratch = new Map<number, Scratch>();

function scratchOf(side: number): Scratch {
  const prior = scratch.get(side) ?? {
    picture: new Float32Array(side * side),
    gradient: new Float32Array(2 * side * side),
  };
  scratch.set(side, prior);
  return prior;
}

/** The picture at `map` of each pixel, bilinear; NaN outside. */
function paintWarped(picture: Float32Array, side: number, map: Homography, out: Float32Array): void {
  const edge = side - 1;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const w = map[6] * x + map[7] * y + map[8];
      const u = (map[0] * x + map[1] * y + map[2]) / w;
      const v = (map[3] * x + map[4] * y + map[5]) / w;
      if (!(u >= 0 && v >= 0 && u <= edge && v <= edge)) {
        out[y * side + x] = Number.NaN;
        continue;
      }
      const at = Math.min(Math.floor(v), edge - 1) * side + Math.min(Math.floor(u), edge - 1);
      const fx = u - Math.min(Math.floor(u), edge - 1);
      const fy = v - Math.min(Math.floor(v), edge - 1);
      const top = picture[at] + fx * (picture[at + 1] - picture[at]);
      const bottom = picture[at + side] + fx * (picture[at + side + 1] - picture[at + side]);
      out[y * side + x] = top + fy * (bottom - top);
    }
  }
}

/** A shift of whole pixels and how alike two pictures are under it. */
export interface Shift {
  /** Displacement first → second in pixels of the pictures compared. */
  readonly x: number;
  readonly y: number;
  readonly correlation: number;
}

/** Exhaustive search for the shift, up to half the picture, that makes the gradients of two small pictures correlate best. */
export function bestShift(first: Float32Array, second: Float32Array, side: number): Shift {
  const a = gradients(first, side);
  const b = gradients(second, side);
  const reach = side >> 1;
  let best: Shift = { x: 0, y: 0, correlation: Number.NEGATIVE_INFINITY };
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const overlap = ((side - Math.abs(x)) * (side - Math.abs(y))) / (side * side);
      if (overlap < LEAST_OVERLAP) continue;
      // A small overlap correlates well by chance: ask a little more of it.
      const correlation = shiftedCorrelation(a, b, side, x, y) - 0.2 * (1 - overlap);
      if (correlation > best.correlation) best = { x, y, correlation };
    }
  }
  return best;
}

function shiftedCorrelation(a: Float32Array, b: Float32Array, side: number, shiftX: number, shiftY: number): number {
  let [both, first, second] = [0, 0, 0];
  const count = 2 * (side - Math.abs(shiftX));
  for (let y = Math.max(0, -shiftY); y < Math.min(side, side - shiftY); y++) {
    const from = 2 * (y * side + Math.max(0, -shiftX));
    const to = from + 2 * (shiftY * side + shiftX);
    for (let i = 0; i < count; i++) {
      const p = a[from + i];
      const q = b[to + i];
      both += p * q;
      first += p * p;
      second += q * q;
    }
  }
  return both / Math.sqrt(first * second + 1e-9);
}
