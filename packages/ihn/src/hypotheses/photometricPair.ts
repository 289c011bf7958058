import { GRID, type GridPicture } from '../grid/gridPicture.js';
import type { PhotometricPair } from '../photometric/photometricRefinement.js';
import { resampledTo } from './inlierMap.js';
import type { ScoredPass } from './scorePass.js';

/** What `refinePhotometric` needs of an answer; undefined when the network predicts no error that the pictures could be weighed against. */
export function photometricPair(
  previous: GridPicture,
  current: GridPicture,
  { map, pass, overallError }: ScoredPass,
): PhotometricPair | undefined {
  if (map === undefined || pass.expectedError === undefined) return undefined;
  // Neither the error predicted at the last stride nor that of all strides is right for every kind of pair; their geometric mean is closer.
  const error = Math.sqrt(pass.expectedError * overallError);
  // The network rejects more than what moves independently; the square root keeps part of that.
  const weights = pass.inliers && resampledTo(GRID, pass.inliers).map(Math.sqrt);
  return { previous: previous.levels, current: current.levels, map, error, weights };
}
