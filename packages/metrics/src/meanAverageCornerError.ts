import { GimbalError, type Homography, type Size } from '@gimbal/core';
import { cornerError } from '@gimbal/core/geometry';

/**
 * MACE: the mean over pairs of the mean distance in pixels between the images of the frame's four corners under the estimated and
 * under the true homography (DeTone et al., "Deep Image Homography Estimation", 2016).
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` when the lists are empty or of different lengths.
 */
export function meanAverageCornerError(
  estimated: readonly Homography[],
  truth: readonly Homography[],
  size: Size,
): number {
  if (estimated.length === 0 || estimated.length !== truth.length) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `The corner error needs one true homography for each estimate, received ${estimated.length} and ${truth.length}.`,
    );
  }
  let sum = 0;
  for (let i = 0; i < estimated.length; i++) sum += cornerError(estimated[i], truth[i], size);
  return sum / estimated.length;
}
