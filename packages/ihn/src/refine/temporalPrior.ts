import type { Frame, Homography } from '@gimbal/core';

/** What is known about a frame from the pair that ends there, for the pair that begins there. */
export interface MotionPrior {
  /** Weight per cell of the frame, 0..1: how much of it moved with the camera in earlier pairs (`Aligner`). */
  readonly trust?: Float32Array | undefined;
  /** Motion from the previous frame to this one, if it was refined at full resolution. */
  readonly motion?: Homography | undefined;
}

/** A pair's access to the prior: reads that of its previous frame, publishes that of its current one. */
export interface PriorHandover {
  /** The prior of the previous frame, once the pair that ends there has been answered. Never rejects. */
  readonly before: Promise<MotionPrior>;
  /** Sets the prior of the current frame; only the first call counts. Every pair must call it, also after an error: the next pair waits for it. */
  publish(prior: MotionPrior): void;
}

/** Passes priors from each pair to the next. */
export interface TemporalPrior {
  /** Call in the order of the requests, before awaiting anything. */
  enter(previous: Frame, current: Frame): PriorHandover;
}

export function createTemporalPrior(): TemporalPrior {
  const priors = new WeakMap<Frame, Promise<MotionPrior>>();
  return {
    enter(previous, current) {
      const before = priors.get(previous) ?? Promise.resolve({});
      let publish: PriorHandover['publish'] = () => undefined;
      priors.set(
        current,
        new Promise((resolve) => {
          publish = resolve;
        }),
      );
      return { before, publish };
    },
  };
}
