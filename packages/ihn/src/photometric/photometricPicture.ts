import { GRID } from '../grid/gridPicture.js';
import { noiseLevel } from './noise.js';
import { neighbourhoodMean, smoothed } from './smoothing.js';

/** A picture of `GRID × GRID` prepared for photometric alignment, in grey levels. */
export interface PhotometricPicture {
  readonly levels: Float32Array;
  /** Smoothed: exposures are compared on it. */
  readonly soft: Float32Array;
  /** Weight of each pixel, 0..1: low near clipped pixels and where something moves independently. */
  readonly pixelWeight: Float32Array;
  /** Standard deviation. */
  readonly noise: number;
}

/** Levels beyond which the range ends. */
const [BLACK, WHITE] = [0.5, 254.5];

/** @param weights How much each pixel moves with the camera, 0..1; all alike unless given. */
export function photometricPicture(levels: Float32Array, weights?: Float32Array): PhotometricPicture {
  const cutOff = levels.map((level) => (level <= BLACK || level >= WHITE ? 1 : 0));
  const pixelWeight = neighbourhoodMean(cutOff, GRID, 1).map((cut, i) => Math.max(1 - cut, 0) * (weights?.[i] ?? 1));
  const soft = smoothed(smoothed(levels, GRID, 1), GRID, 1);
  return { levels, soft, pixelWeight, noise: noiseLevel(levels, cutOff, GRID) };
}
