import type { Frame } from '@gimbal/core';

/** Which cells of a frame moved with the camera in the pairs before, as an aligner tells and takes it. */
type Trust = Float32Array | undefined;

/** One pair's place among the others. */
export interface Passage {
  /** What the pair that ended at the previous frame left there, once it is answered. Never rejects. */
  readonly before: Promise<Trust>;
  /** Leaves this at the current frame; the first time counts. Every pair must, come what may: the next one waits for it. */
  leave(trust: Trust): void;
}

/** Hands what is known of a frame from the pair that ends there to the pair that begins there. */
export interface Continuity {
  /** To be called in the order in which pairs are asked for, before anything is awaited. */
  enter(previous: Frame, current: Frame): Passage;
}

export function createContinuity(): Continuity {
  const left = new WeakMap<Frame, Promise<Trust>>();
  return {
    enter(previous, current) {
      const before = left.get(previous) ?? Promise.resolve(undefined);
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
