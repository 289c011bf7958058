import type { Frame, Homography } from '@gimbal/core';

/** What the pair that ends at a frame tells the one that begins there. */
export interface Known {
  /** Which cells of the frame moved with the camera in the pairs before, as an aligner tells and takes it. */
  readonly trust?: Float32Array | undefined;
  /** How the frame came from the one before it, where that was finished. */
  readonly motion?: Homography | undefined;
}

/** One pair's place among the others. */
export interface Passage {
  /** What the pair that ended at the previous frame left there, once it is answered. Never rejects. */
  readonly before: Promise<Known>;
  /** Leaves this at the current frame; the first time counts. Every pair must, come what may: the next one waits for it. */
  leave(known: Known): void;
}

/** Hands what is known of a frame from the pair that ends there to the pair that begins there. */
export interface Continuity {
  /** To be called in the order in which pairs are asked for, before anything is awaited. */
  enter(previous: Frame, current: Frame): Passage;
}

export function createContinuity(): Continuity {
  const left = new WeakMap<Frame, Promise<Known>>();
  return {
    enter(previous, current) {
      const before = left.get(previous) ?? Promise.resolve({});
      let leave: Passage['leave'] = () => undefined;
      left.set(
        current,
        new Promise((resolve) => {
          leave = resolve;
        }),
      );
      return { before, leave };
    },
  };
}
