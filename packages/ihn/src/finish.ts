import type { Frame } from '@gimbal/core';
import type { Aligner, Alignment } from '@gimbal/native';
import type { Known, Passage } from './continuity.js';
import type { Judgement } from './judgement.js';
import type { Look } from './pairNetwork.js';

/** A judgement whose homography the frames' own luma has refined, and how that went; as it was where there was no homography. */
export interface Finished {
  readonly judgement: Judgement;
  readonly alignment?: Alignment;
}

/**
 * Lets the lumas of both frames meet, from where the network's 128 × 128 pixels put them: its error there is many times larger at full
 * resolution. Where the network saw what moved by itself, that part is not heeded, and what did not move with the camera in the pairs before
 * is heeded less. Where hardly anything agrees with the answer, the motion of the pair before is another start.
 */
export async function finish(
  aligner: Aligner,
  [previous, current]: readonly [Frame, Frame],
  judgement: Judgement,
  inliers: Look['inliers'],
  { before, leave }: Passage,
  signal: AbortSignal | undefined,
): Promise<Finished> {
  const known = await before;
  const { trust } = known;
  if (judgement.verdict !== 'ok' || judgement.model !== 'homography') {
    // After a cut nothing is known of what follows; a frame that repeats, or cannot be measured, changes nothing.
    if (judgement.verdict !== 'cut') leave({ trust });
    return { judgement };
  }
  // The network doubts more than moves by itself, such as what only lies at another depth: its roots leave that a say.
  const weights = inliers && withinCells(inliers, MOST_CELLS).map((inlier) => Math.sqrt(inlier));
  const found = await aligner.align(previous, current, judgement.homography, { weights, trust, signal });
  const alignment = await asBefore(aligner, [previous, current], found, known, signal);
  leave({ trust: alignment.trust, motion: alignment.homography });
  return { judgement: { ...judgement, homography: alignment.homography }, alignment };
}

/** Share of inliers below which what moved with the camera before may have been left for something else. */
const FEW_INLIERS = 0.5;
/** How much larger it must be for the answer from elsewhere to be preferred. */
const MANY_MORE = 0.1;

/**
 * An alignment that most of what was trusted agrees with; where the one that was found is none, and the motion of the pair before leads
 * to a better one, that. Something that passes near the camera fills half of the picture: the network then follows it, and its inlier
 * map, not heeded here, tells the same.
 */
async function asBefore(
  aligner: Aligner,
  [previous, current]: readonly [Frame, Frame],
  found: Alignment,
  { trust, motion }: Known,
  signal: AbortSignal | undefined,
): Promise<Alignment> {
  if (motion === undefined || (found.converged && found.inlierShare >= FEW_INLIERS)) return found;
  const other = await aligner.align(previous, current, motion, { trust, signal });
  return other.converged && other.inlierShare > found.inlierShare + MANY_MORE ? other : found;
}

/** Cells in a row of the map that the aligner is given: means over some, for single ones change from pair to pair. */
const MOST_CELLS = 32;

/** A map with so many cells a row at most: four become their mean until it has. */
export function withinCells({ cells, data }: NonNullable<Look['inliers']>, most: number): Float32Array {
  if (cells <= most) return data;
  const half = cells >> 1;
  const means = new Float32Array(half * half);
  for (let i = 0; i < means.length; i++) {
    const at = 2 * Math.floor(i / half) * cells + 2 * (i % half);
    means[i] = (data[at] + data[at + 1] + data[at + cells] + data[at + cells + 1]) / 4;
  }
  return withinCells({ cells: half, data: means }, most);
}
