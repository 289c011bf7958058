import type { Frame } from '@gimbal/core';
import type { Aligner, Alignment } from '@gimbal/native';
import type { Passage } from './continuity.js';
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
 * is heeded less.
 */
export async function finish(
  aligner: Aligner,
  [previous, current]: readonly [Frame, Frame],
  judgement: Judgement,
  inliers: Look['inliers'],
  { before, leave }: Passage,
  signal: AbortSignal | undefined,
): Promise<Finished> {
  const trust = await before;
  if (judgement.verdict !== 'ok' || judgement.model !== 'homography') {
    // After a cut nothing is known of what follows; a frame that repeats, or cannot be measured, changes nothing.
    if (judgement.verdict !== 'cut') leave(trust);
    return { judgement };
  }
  const { homography } = judgement;
  // The network doubts more than moves by itself, such as what only lies at another depth: its roots leave that a say.
  const weights = inliers && withinCells(inliers, MOST_CELLS).map((inlier) => Math.sqrt(inlier));
  const alignment = await aligner.align(previous, current, homography, { weights, trust, signal });
  leave(alignment.trust);
  return { judgement: { ...judgement, homography: alignment.homography }, alignment };
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
