// The cropping ratio of a clip, from its maps between original and stabilized frames.
import { GimbalError, type Homography } from '@gimbal/core';

/** Scale of a homography's linear part as the published measures read it: `√(h00² + h01²)`. */
export function homographyScale(h: Homography): number {
  return Math.hypot(h[0], h[1]) / Math.abs(h[8]);
}

/**
 * How much of the picture is left: the mean over frames of the inverse scale of the homographies that map each input frame onto its
 * output frame (both in the same coordinates), at most 1. The scale is `√(h00² + h01²)`, as in DIFRINT's corrected metrics of 2021.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an empty list: no answer is not a perfect one.
 */
export function croppingRatio(alignments: readonly Homography[]): number {
  if (alignments.length === 0) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      'The cropping ratio needs at least one aligned frame, received none.',
    );
  }
  let sum = 0;
  for (const h of alignments) sum += 1 / homographyScale(h);
  return Math.min(sum / alignments.length, 1);
}
