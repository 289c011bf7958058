import type { Frame } from '@gimbal/core';
import type { Aligner, Alignment } from '@gimbal/native';
import { reducedTo } from '../hypotheses/inlierMap.js';
import type { PairDecision } from '../hypotheses/selectModel.js';
import type { NetworkPass } from '../network/pairNetwork.js';
import type { MotionPrior, PriorHandover } from './temporalPrior.js';

/** A decision whose homography was refined at full resolution, with the alignment; unchanged where the model is no homography. */
export interface RefinedDecision {
  readonly decision: PairDecision;
  readonly alignment?: Alignment;
}

/**
 * Aligns the luma of both frames at full resolution, starting from the network's answer, whose error in 128 × 128 pixels is many times larger
 * there. Pixels that the network rejects get no weight, and cells that did not move with the camera in earlier pairs less weight. If few
 * pixels agree with the answer, the motion of the previous pair is tried as another start.
 */
export async function refineAtFullResolution(
  aligner: Aligner,
  [previous, current]: readonly [Frame, Frame],
  decision: PairDecision,
  inliers: NetworkPass['inliers'],
  { before, publish }: PriorHandover,
  signal: AbortSignal | undefined,
): Promise<RefinedDecision> {
  const prior = await before;
  const { trust } = prior;
  if (decision.verdict !== 'ok' || decision.model !== 'homography') {
    // A cut resets the trust; a repeated frame or one without a measurement leaves it as it is.
    if (decision.verdict !== 'cut') publish({ trust });
    return { decision };
  }
  // The network rejects more than what moves independently, such as other depths; the square root keeps part of that.
  const weights = inliers && reducedTo(MOST_CELLS, inliers).map((inlier) => Math.sqrt(inlier));
  const found = await aligner.align(previous, current, decision.homography, { weights, trust, signal });
  const alignment = await withPreviousMotion(aligner, [previous, current], found, prior, signal);
  publish({ trust: alignment.trust, motion: alignment.homography });
  return { decision: { ...decision, homography: alignment.homography }, alignment };
}

/** Share of inliers below which the alignment may have left what moved with the camera before. */
const FEW_INLIERS = 0.5;
/** By how much another start's share of inliers must be larger for it to be preferred. */
const MANY_MORE = 0.1;

/**
 * The alignment that was found, or the one that starts from the previous pair's motion if most trusted cells agree with that instead.
 * Something that passes near the camera can fill half of the picture: the network then follows it, and its inlier map, ignored here,
 * says the same.
 */
async function withPreviousMotion(
  aligner: Aligner,
  [previous, current]: readonly [Frame, Frame],
  found: Alignment,
  { trust, motion }: MotionPrior,
  signal: AbortSignal | undefined,
): Promise<Alignment> {
  if (motion === undefined || (found.converged && found.inlierShare >= FEW_INLIERS)) return found;
  const other = await aligner.align(previous, current, motion, { trust, signal });
  return other.converged && other.inlierShare > found.inlierShare + MANY_MORE ? other : found;
}

/** Cells in a row of the map given to the aligner. Means over several, because single cells vary from pair to pair. */
const MOST_CELLS = 32;
