import { GRID } from '../gridPicture.js';
import { noiseLevel } from './noise.js';
import { neighbourhoodMean, smoothed } from './smoothing.js';

/** A picture of `GRID × GRID` as the alignment of two exposures needs it, in grey levels. */
export interface TonedPicture {
  readonly levels: Float32Array;
  /** Without most of its noise: what tones are compared on. */
  readonly soft: Float32Array;
  /** How much each pixel is to be heeded, 0..1: not where the range ends around it, nor where something moves by itself. */
  readonly heed: Float32Array;
  /** Standard deviation. */
  readonly noise: number;
}

/** Levels beyond which the range ends. */
const [BLACK, WHITE] = [0.5, 254.5];

/** @param weights How much each pixel moves with the camera, 0..1; all alike unless given. */
export function tonedPicture(levels: Float32Array, weights?: Float32Array): TonedPicture {
  const cutOff = levels.map((level) => (level <= BLACK || level >= WHITE ? 1 : 0));
  const heed = neighbourhoodMean(cutOff, GRID, 1).map((cut, i) => Math.max(1 - cut, 0) * (weights?.[i] ?? 1));
  const soft = smoothed(smoothed(levels, GRID, 1), GRID, 1);
  return { levels, soft, heed, noise: noiseLevel(levels, cutOff, GRID) };
}
