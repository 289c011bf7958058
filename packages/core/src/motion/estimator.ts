import type { Frame, Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';
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
  /**
   * What it carries over from the pairs so far to a pair that begins with the frame asked about last as the current one, such as which parts
   * of the picture moved with the camera. Asked between two estimates, for an analysis that goes on later, maybe in another process. An
   * estimator that judges every pair by itself answers with no bytes; one without `state` and `restore` cannot be split.
   */
  state?(): Uint8Array | Promise<Uint8Array>;
  /**
   * Goes on from the `state` of an estimator with the same options, before the first estimate: pairs that follow get the answers that the
   * other one would have given, bit for bit on the same kind of device. The frame that the state is about is another handle now; it is
   * recognised by its `index`.
   * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for bytes that are no such state.
   */
  restore?(state: Uint8Array): void | Promise<void>;
  dispose?(): void | Promise<void>;
}
