import { GRID } from '../grid/gridPicture.js';

/** How far two pictures of one size differ in place, in grey levels. */
export interface FrameDifference {
  readonly mean: number;
  /** Of the median block of 8 × 8 samples, and of the one that changed most. */
  readonly median: number;
  readonly largest: number;
}

const BLOCK = 8;

/** Mean absolute difference of two grids of samples, as a whole and by blocks. */
export function frameDifference(a: Float32Array, b: Float32Array): FrameDifference {
  const across = GRID / BLOCK;
  const blocks = new Float64Array(across * across);
  for (let y = 0; y < GRID; y++) {
    for (let x = 0; x < GRID; x++) {
      const i = y * GRID + x;
      blocks[Math.floor(y / BLOCK) * across + Math.floor(x / BLOCK)] += Math.abs(a[i] - b[i]) / (BLOCK * BLOCK);
    }
  }
  const mean = blocks.reduce((sum, block) => sum + block, 0) / blocks.length;
  blocks.sort();
  return { mean, median: blocks[blocks.length >> 1], largest: blocks[blocks.length - 1] };
}
