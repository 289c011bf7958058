import type { Homography } from './homography.js';

/** Numbers of a homography. */
const SIZE = 9;

/**
 * So many homographies, all zeros, that are views of one array. One array each, with its own buffer beside the heap, costs several
 * times as much; and a clip has one for every frame that lives as long as the run.
 */
export function homographyArray(count: number): Homography[] {
  const all = new Float64Array(count * SIZE);
  return Array.from({ length: count }, (_, i) => all.subarray(i * SIZE, (i + 1) * SIZE));
}
