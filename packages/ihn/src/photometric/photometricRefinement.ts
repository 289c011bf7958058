// Improves an answer of the network by the grey levels of both pictures.
import type { Homography } from '@gimbal/core';
import { invertHomography } from '@gimbal/core/geometry';
import { cornersOf, gridHomography } from '../grid/gridCorners.js';
import { alignPhotometric } from './alignPhotometric.js';
import { photometricPicture } from './photometricPicture.js';

/** Two grid pictures and the answer that their grey levels may improve. Plain values, so that it can cross to another thread. */
export interface PhotometricPair {
  /** Grey levels 0..255, `GRID × GRID` row by row. */
  readonly previous: Float32Array;
  readonly current: Float32Array;
  /** From the previous picture to the current one, in grid pixels. */
  readonly map: Homography;
  /** Expected error of `map` in grid pixels along each axis. */
  readonly error: number;
  /** Weight of each pixel of the previous picture, 0..1; all alike by default. */
  readonly weights?: Float32Array | undefined;
}

/** Weight of the photometric answer; the rest is the network's. Their errors are largely independent. */
const SHARE = 0.85;

/**
 * Improves a homography by photometric alignment, where noise, blur or a change of exposure leave the network a larger error than the pictures
 * do. Aligns in both directions and averages, because the result depends on which picture is brought to the other's exposure.
 * @returns undefined where the alignment fails in either direction.
 */
export function refinePhotometric({ previous, current, map, error, weights }: PhotometricPair): Homography | undefined {
  const [first, second] = [photometricPicture(previous, weights), photometricPicture(current)];
  const forward = alignPhotometric(first, second, map, error);
  const backward = forward && alignPhotometric(second, first, invertHomography(map), error);
  if (forward === undefined || backward === undefined) return undefined;
  const [start, one, other] = [map, forward, invertHomography(backward)].map(cornersOf);
  return gridHomography(start.map((corner, k) => corner + SHARE * ((one[k] + other[k]) / 2 - corner)));
}
