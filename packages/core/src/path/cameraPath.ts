import type { Size } from '../frame/frame.js';

/** Numbers that describe the camera at one instant, in the order that `parameters` of a {@link CameraPath} tells. */
export const PARAMETERS_PER_FRAME = 8;

/**
 * The coordinates of the Lie algebra of homographies, about the frame's centre, in pixels of displacement at the distance of
 * half the frame's diagonal from it. Translation and the similarity come first.
 */
export const PATH_PARAMETERS = [
  'translationX',
  'translationY',
  'rotation',
  'scale',
  'stretch',
  'skew',
  'perspectiveX',
  'perspectiveY',
] as const;

/**
 * The camera's path through one shot: for every frame its time and eight parameters, the running sum of the logarithms of the
 * frame-to-frame homographies. A sum stays bounded by the motion that really took place (a product of homographies does not), and
 * the difference of two paths, exponentiated, is the correction that carries one onto the other.
 */
export interface CameraPath {
  readonly size: Size;
  /** Seconds, strictly increasing. */
  readonly times: Float64Array;
  /**
   * `times.length × 8` numbers, frame by frame: translation x and y, rotation, scale, stretch, skew, perspective x and y, each in pixels of
   * displacement at half the frame's diagonal from its centre.
   */
  readonly parameters: Float64Array;
  /** Per frame, 0..1: how far the step from the frame before can be trusted. The first is 1. */
  readonly confidence: Float64Array;
}
