import type { RenderedBin } from './renderBin.js';

/**
 * What a row answers for one pair: how far the corners of the first patch move, x, y of top left, top right, bottom right, bottom left;
 * undefined when it says that it has no answer.
 */
export type Answer = ArrayLike<number> | undefined;

/** Something that estimates the motion of pairs: a line of the table, or several where it shows what it thought on the way. */
export interface Row {
  /** What it runs on besides the machine, for the record. */
  readonly about?: string;
  /** By the line's name, answers for the pairs of a bin, in order; or for the first of them, or none for a bin that it does not know. */
  answer(bin: RenderedBin): Promise<ReadonlyMap<string, readonly Answer[]>>;
  dispose?(): void | Promise<void>;
}
