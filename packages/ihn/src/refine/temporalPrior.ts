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
  /** What the pair entered last leaves to the next, once it has been answered; `undefined` before the first. */
  last(): Promise<CarriedPrior> | undefined;
  /** Lets the next pair that begins with the frame of this index begin with its prior. */
  carry(carried: CarriedPrior | undefined): void;
}

/** A prior that another estimator left. */
export interface CarriedPrior {
  /** Index of the frame that it is about. */
  readonly frame: number;
  readonly prior: MotionPrior;
}

export function createTemporalPrior(): TemporalPrior {
  const priors = new WeakMap<Frame, Promise<MotionPrior>>();
  let carried: CarriedPrior | undefined;
  let last: Promise<CarriedPrior> | undefined;

  function carriedTo({ index }: Frame): MotionPrior {
    if (carried === undefined || carried.frame !== index) return {};
    const { prior } = carried;
    // Another handle of the frame, such as one that is kept across a gap, begins with nothing.
    carried = undefined;
    return prior;
  }

  return {
    enter(previous, current) {
      const before = priors.get(previous) ?? Promise.resolve(carriedTo(previous));
      let publish: PriorHandover['publish'] = () => undefined;
      const published = new Promise<MotionPrior>((resolve) => {
        publish = resolve;
      });
      priors.set(current, published);
      last = published.then((prior) => ({ frame: current.index, prior }));
      return { before, publish };
    },
    last: () => last,
    carry(state) {
      carried = state;
    },
  };
}
