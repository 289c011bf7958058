import { statSync, writeFileSync } from 'node:fs';
import { PATCH } from './bins.js';
import { swapBottomCorners } from './networkOrder.js';
import { type NamedArray, npz } from './npz.js';
import { PATCH_BYTES, type RenderedBin } from './renderBin.js';

/**
 * Writes rendered bins to one `.npz` file, for rows that are computed elsewhere. A bin's pixels are an array of its name, pairs × 2 × 128 × 128
 * bytes, each patch as {@link differences}; `<bin>.offsets` are its labels, pairs × 4 × 2 in the networks' order of corners.
 * `tools/bench/mace/pack.py` reads it.
 * @returns The file's size in bytes.
 */
export function writePack(file: string, bins: readonly RenderedBin[]): number {
  const arrays = bins.flatMap(({ name, pairs, pixels }): NamedArray[] => [
    { name, shape: [pairs.length, 2, PATCH, PATCH], data: differences(pixels) },
    {
      name: `${name}.offsets`,
      shape: [pairs.length, 4, 2],
      data: Float64Array.from(pairs.flatMap(({ offsets }) => [...swapBottomCorners(offsets)])),
    },
  ]);
  writeFileSync(file, npz(arrays));
  return statSync(file).size;
}

/**
 * Each pixel of each patch less its left neighbour, and that less its upper neighbour's (modulo 256; outside is 0): packs a fifth
 * smaller. Sums along rows and columns give the pixels back.
 */
export function differences(pixels: Uint8Array): Uint8Array {
  const out = new Uint8Array(pixels.length);
  for (let start = 0; start < pixels.length; start += PATCH_BYTES) {
    for (let i = 0; i < PATCH_BYTES; i++) {
      const [left, top] = [i % PATCH > 0, i >= PATCH];
      const at = start + i;
      const beside = left ? pixels[at - 1] : 0;
      const above = top ? pixels[at - PATCH] : 0;
      const across = left && top ? pixels[at - PATCH - 1] : 0;
      out[at] = pixels[at] - beside - above + across;
    }
  }
  return out;
}
