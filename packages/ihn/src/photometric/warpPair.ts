// Warps one picture of a pair onto the other, at one exposure.
import type { Homography } from '@gimbal/core';
import { GRID } from '../grid/gridPicture.js';
import { denoised } from './noise.js';
import type { PhotometricPicture } from './photometricPicture.js';
import { toneCurve } from './toneCurve.js';

/** Two pictures warped onto each other at one exposure, `GRID × GRID` each. */
export interface WarpedPair {
  /** What both show, without most of its noise. */
  readonly scene: Float32Array;
  /** The first picture less the second. */
  readonly difference: Float32Array;
  /** The variance that their noise alone gives the difference. */
  readonly variance: Float32Array;
  /** Weight of each pixel, 0..1; 0 outside the overlap. */
  readonly pixelWeight: Float32Array;
  /** The pixels of the overlap. */
  readonly pixels: Uint16Array;
}

/** Margin of either picture that is left out, in pixels: gradients need neighbours. */
const RIM = 2;

/** Least overlap in pixels. */
const LEAST = 1200;

/** Share of its variance that noise keeps where pixels are interpolated. */
const INTERPOLATED = 0.9;

/** How steep a tone curve may be. */
const [FLAT, STEEP] = [0.05, 20];

/** The tone curve is fitted to every third pixel of the overlap. */
const SPARSE = 3;

/**
 * Warps the second picture onto the first, and maps the first to the second's exposure.
 * @param map From the first to the second, in grid pixels.
 * @returns undefined where they overlap too little.
 */
export function warpPair(
  first: PhotometricPicture,
  second: PhotometricPicture,
  map: Homography,
): WarpedPair | undefined {
  const count = GRID * GRID;
  const warped = new Float32Array(count);
  const soft = new Float32Array(count);
  const pixelWeight = new Float32Array(count);
  const pixels = new Uint16Array(count);
  const seen = new Uint8Array(count);
  const edge = GRID - 1;
  let inside = 0;
  for (let y = 0; y < GRID; y++) {
    for (let x = 0; x < GRID; x++) {
      const w = map[6] * x + map[7] * y + map[8];
      const u = (map[0] * x + map[1] * y + map[2]) / w;
      const v = (map[3] * x + map[4] * y + map[5]) / w;
      if (!(w > 0 && u >= 0 && v >= 0 && u <= edge && v <= edge)) continue;
      const i = y * GRID + x;
      const left = Math.min(Math.floor(u), edge - 1);
      const top = Math.min(Math.floor(v), edge - 1);
      const at = top * GRID + left;
      warped[i] = between(second.levels, at, u - left, v - top);
      soft[i] = between(second.soft, at, u - left, v - top);
      seen[i] = 1;
      const within = Math.min(x, y, edge - x, edge - y, u, v, edge - u, edge - v) >= RIM;
      if (!within) continue;
      pixelWeight[i] = first.pixelWeight[i] * between(second.pixelWeight, at, u - left, v - top);
      pixels[inside++] = i;
    }
  }
  if (inside < LEAST) return undefined;
  const overlap = pixels.subarray(0, inside);
  const sparse = overlap.filter((_, k) => k % SPARSE === 0);
  const curve = toneCurve(
    Float32Array.from(sparse, (i) => first.soft[i]),
    Float32Array.from(sparse, (i) => soft[i]),
  );
  if (curve === undefined) return undefined;
  const difference = new Float32Array(count);
  const variance = new Float32Array(count);
  const mean = new Float32Array(count);
  const meanVariance = new Float32Array(count);
  const b = INTERPOLATED * second.noise * second.noise;
  for (let i = 0; i < count; i++) {
    const toned = curve.at(first.levels[i]);
    const slope = Math.min(Math.max(Math.abs(curve.slope(first.soft[i])), FLAT), STEEP);
    const a = (slope * first.noise) ** 2;
    difference[i] = toned - warped[i];
    variance[i] = a + b;
    // Weighed so, the noise of the mean is independent of that of the difference.
    mean[i] = seen[i] === 1 ? (toned * b + warped[i] * a) / (a + b) : toned;
    meanVariance[i] = seen[i] === 1 ? (a * b) / (a + b) : a;
  }
  return { scene: denoised(mean, meanVariance, GRID), difference, variance, pixelWeight, pixels: overlap };
}

/** Bilinear between a pixel, those right of and below it. */
function between(picture: Float32Array, at: number, x: number, y: number): number {
  const top = picture[at] + x * (picture[at + 1] - picture[at]);
  const bottom = picture[at + GRID] + x * (picture[at + GRID + 1] - picture[at + GRID]);
  return top + y * (bottom - top);
}
