// A loop over frames, block by block.

/** Frames whose arrays, of all terms together, stay in the processor's cache. */
const BLOCK = 256;

/** Calls `work(from, to)` for consecutive blocks of the frames 0 to `count`: what several terms do to the same frames is done while they are at hand. */
export function frameBlocks(count: number, work: (from: number, to: number) => void): void {
  for (let from = 0; from < count; from += BLOCK) work(from, Math.min(count, from + BLOCK));
}
