import { createHash } from 'node:crypto';
import { PATCH } from './bins.js';
import type { Pair } from './pairList.js';
import type { Photos } from './photos.js';
import { renderPair } from './renderPair.js';

/** Bytes of one patch. */
export const PATCH_BYTES = PATCH * PATCH;

/** The pairs of a bin with their pixels. */
export interface RenderedBin {
  readonly name: string;
  readonly pairs: readonly Pair[];
  /** First and second patch of each pair in turn. */
  readonly pixels: Uint8Array;
  /** SHA-256 of the pixels: rows measured at different times or places are comparable when it agrees. */
  readonly digest: string;
}

/** Renders pairs of one bin. */
export function renderBin(name: string, pairs: readonly Pair[], photos: Photos): RenderedBin {
  const pixels = new Uint8Array(pairs.length * 2 * PATCH_BYTES);
  for (const [i, pair] of pairs.entries()) {
    const { first, second } = renderPair(pair, photos);
    pixels.set(first, 2 * i * PATCH_BYTES);
    pixels.set(second, (2 * i + 1) * PATCH_BYTES);
  }
  return { name, pairs, pixels, digest: createHash('sha256').update(pixels).digest('hex') };
}

/** The first (`which` 0) or second (1) patch of pair `i`: a view, not a copy. */
export function patchAt({ pixels }: RenderedBin, i: number, which: 0 | 1): Uint8Array {
  return pixels.subarray((2 * i + which) * PATCH_BYTES, (2 * i + which + 1) * PATCH_BYTES);
}
