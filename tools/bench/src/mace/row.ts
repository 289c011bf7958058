import type { RenderedBin } from './renderBin.js';

/**
 * What a row answers for one pair: how far the corners of the first patch move, x, y of top left, top right, bottom right, bottom left;
 * undefined when it says that it has no answer.
 */
export type Answer = ArrayLike<number> | undefined;

/** A line of the table: something that estimates the motion of pairs. */
export interface Row {
  readonly name: string;
  /** Answers for the pairs of a bin, in order; undefined for a bin that the row does not know. */
  answer(bin: RenderedBin): Promise<readonly Answer[] | undefined>;
  dispose?(): void | Promise<void>;
}
