import { type Homography, invertHomography } from '@gimbal/core';
import { type Evidence, weightsOf } from '../evidence.js';
import { cornersOf, gridHomography } from '../gridCorners.js';
import { GRID, type GridPicture } from '../gridPicture.js';
import { alignTones } from './alignTones.js';
import { tonedPicture } from './tonedPicture.js';

/** What the grey levels' answer counts, the network's counting the rest: their errors are not the same. */
const SHARE = 0.85;

/**
 * What the grey levels make of an answer that the network is not sure of: noise, blur and unlike exposures leave it a larger error than they
 * must. The pictures are aligned there and back, since it is not the same which of them is brought to the other's tone. Undefined where the
 * pictures lead nowhere.
 */
export async function toneAligned(
  previous: GridPicture,
  current: GridPicture,
  { map, look, doubt }: Evidence,
): Promise<Homography | undefined> {
  if (map === undefined || look.spread === undefined) return undefined;
  // Of both, what the network expects at every stride and at the last, neither is right for all kinds of pairs.
  const error = Math.sqrt(look.spread * doubt);
  // The network doubts more than moves by itself: its roots leave that a say.
  const weights = look.inliers && weightsOf(look.inliers, GRID).map(Math.sqrt);
  const [first, second] = [tonedPicture(previous.levels, weights), tonedPicture(current.levels)];
  const there = await alignTones(first, second, map, error);
  const back = there && (await alignTones(second, first, invertHomography(map), error));
  if (there === undefined || back === undefined) return undefined;
  const [start, one, other] = [map, there, invertHomography(back)].map(cornersOf);
  return gridHomography(start.map((corner, k) => corner + SHARE * ((one[k] + other[k]) / 2 - corner)));
}
