import type { Size } from '@gimbal/core';
import {
  type Homography,
  homographyToParameters,
  identityHomography,
  parametersToHomography,
} from '@gimbal/core/geometry';

/** Where a pair's camera stands: the eight parameters of its motion, and the matrices at a moment. */
export interface CameraMotion {
  /** `toFirst`, `toSecond`, `toMiddle` for the made moment, 9 numbers each: see `native/frame/frame.hpp`. */
  at(t: number): Float64Array;
}

/**
 * Takes the camera's motion apart along its geodesic: exp(s · log H) is the camera's motion up to the share s, so that half of it stands in
 * the middle between both frames.
 * @param camera First → second, full-resolution pixels. One that has no real logarithm counts as none.
 */
export function cameraMotion(camera: Homography, size: Size): CameraMotion {
  const parameters = homographyToParameters(camera, size) ?? new Float64Array(8);
  const part = (share: number): Homography =>
    share === 0 || parameters.every((value) => value === 0)
      ? identityHomography()
      : parametersToHomography(
          parameters.map((value) => value * share),
          size,
        );
  const toFirst = part(-0.5);
  const toSecond = part(0.5);
  return {
    at(t) {
      const matrices = new Float64Array(27);
      matrices.set(toFirst);
      matrices.set(toSecond, 9);
      matrices.set(part(0.5 - t), 18);
      return matrices;
    },
  };
}
