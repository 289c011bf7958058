import type { Breather } from '@gimbal/core';

const PIECE = 256;
/** For work that takes a few operations per element. */
export const LIGHT_PIECE = 16_384;

/** Calls `work(from, to)` for consecutive pieces of `0..count`, and breathes between them. */
export async function inPieces(
  count: number,
  breathe: Breather,
  work: (from: number, to: number) => void,
  piece = PIECE,
): Promise<void> {
  for (let from = 0; from < count; from += piece) {
    await breathe();
    work(from, Math.min(count, from + piece));
  }
}
