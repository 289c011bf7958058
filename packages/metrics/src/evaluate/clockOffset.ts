// Finds how far apart the clocks of the original and the stabilized clip are.
import type { EstimateLimits, Estimator, FrameSource, Size } from '@gimbal/core';
import { hostFrame } from '../image/lumaImage.js';
import { FrameAligner } from './frameAligner.js';
import { matchFrames } from './matchFrames.js';

/** Pairs that are compared, and how many frames apart they lie. */
const PAIRS = 8;
const SPACING = 5;
/** Correlation that one reading of the clocks must be ahead by to be preferred to taking them at their word. */
const ADVANTAGE = 0.005;

export interface ClockOffsetOptions {
  readonly original: FrameSource;
  readonly stabilized: FrameSource;
  readonly referee: Estimator;
  /** Size whose pixels the alignment is measured in. */
  readonly size: Size;
  /** Seconds by which the times of partners may differ. */
  readonly tolerance: number;
  readonly limits: EstimateLimits;
}

/**
 * Seconds to add to the stabilized clip's times so that they agree with the original's: programs that cut a clip or write it anew
 * often let its clock start at zero. Where the first frames' times differ, the clips are compared with the clocks as they are
 * and with their first frames at one time; what shows more alike pictures wins, the clocks as they are if neither does.
 */
export async function clockOffset(options: ClockOffsetOptions): Promise<number> {
  const { original, stabilized, tolerance, limits } = options;
  const [from, to] = [await firstTime(original, limits), await firstTime(stabilized, limits)];
  if (from === undefined || to === undefined || Math.abs(from - to) <= tolerance / 2) return 0;
  const asTheyAre = await correlation(options, 0);
  const together = await correlation(options, from - to);
  return together > asTheyAre + ADVANTAGE ? from - to : 0;
}

async function firstTime(source: FrameSource, { signal }: EstimateLimits): Promise<number | undefined> {
  for await (const frame of source.frames({ signal })) {
    frame.close();
    return frame.time;
  }
  return undefined;
}

/** Mean correlation of some aligned pairs from the start of the clips; a pair that cannot be matched counts 0. */
async function correlation(options: ClockOffsetOptions, offset: number): Promise<number> {
  const { original, stabilized, referee, size, tolerance, limits } = options;
  const aligner = new FrameAligner(referee, size, limits);
  const nothing = { original: undefined, stabilized: undefined };
  let sum = 0;
  let pairs = 0;
  let seen = 0;
  for await (const match of matchFrames({ original, stabilized, tolerance, offset, signal: limits.signal })) {
    try {
      if (!match.original || !match.stabilized || seen++ % SPACING !== 0) continue;
      const alignment = await aligner.align(hostFrame(match.original), hostFrame(match.stabilized), nothing);
      if (alignment.status === 'matched') sum += alignment.correlation;
      if (++pairs === PAIRS) break;
    } finally {
      match.original?.close();
      match.stabilized?.close();
    }
  }
  return pairs > 0 ? sum / pairs : 0;
}
