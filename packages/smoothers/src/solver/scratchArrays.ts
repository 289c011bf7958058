// Arrays that are used again from one solution to the next.

/** Gives an array of so many zeros. */
export type Allocate = (length: number) => Float64Array;

/** For arrays that are never returned. */
export const allocateNew: Allocate = (length) => new Float64Array(length);

/** Arrays are made so much longer than asked for: windows of as many seconds differ by a few frames. */
const SPARE = 1.1;

/**
 * Arrays for computations that follow one another and ask for about the same: what one took the next takes again, so that a long path
 * solved in many windows costs the memory of one.
 */
export class ScratchArrays {
  readonly #arrays: Float64Array[] = [];
  #taken = 0;

  /** All arrays given out so far may be given out again. */
  reset(): void {
    this.#taken = 0;
  }

  readonly take: Allocate = (length) => {
    const at = this.#taken++;
    const known = this.#arrays[at];
    if (known === undefined || known.length < length) {
      this.#arrays[at] = new Float64Array(Math.ceil(length * SPARE));
      return this.#arrays[at].subarray(0, length);
    }
    return known.subarray(0, length).fill(0);
  };
}
