import type { Frame, Size } from './frame.js';
import type { Homography } from './geometry/homography.js';
import type { MotionField } from './motionField.js';

/** Options of one call. */
export interface EstimateOptions {
  readonly signal?: AbortSignal | undefined;
  /** A first guess (previous → current, full-resolution pixels) for pairs that are far apart. Estimators may ignore it. */
  readonly guess?: Homography | undefined;
}

/**
 * Says how the camera moved between two frames. What is computed once per frame (pyramid, features) an estimator keeps for as
 * long as the frame handle it was given lives, so a clip costs one preparation per frame.
 */
export interface Estimator {
  readonly name: string;
  /** Frame memories that `estimate` accepts. */
  readonly memory: readonly Frame['memory'][];
  /** Does not close the frames. @throws GimbalError, or whatever a plug-in throws. */
  estimate(previous: Frame, current: Frame, options?: EstimateOptions): Promise<MotionField>;
  /** Allocates for frames of this size, so that the first estimate is as fast as the rest. */
  warmup?(size: Size): Promise<void>;
  /** Several pairs at once; the same answers as one by one. */
  estimateBatch?(pairs: readonly (readonly [Frame, Frame])[], options?: EstimateOptions): Promise<MotionField[]>;
  /** Pairs that `estimateBatch` answers faster together than one by one; 1 unless told. */
  readonly batch?: number | undefined;
  dispose?(): void | Promise<void>;
}
