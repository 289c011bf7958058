import type { Homography } from '@gimbal/core';
import { withinCells } from './finish.js';
import { gridHomography, toHalf } from './gridCorners.js';
import { GRID, type GridPicture } from './gridPicture.js';
import { alignedLikeness } from './likeness.js';
import type { Look } from './pairNetwork.js';

/** What speaks for the answer of one look. */
export interface Evidence {
  readonly look: Look;
  /** Between grid pixels; undefined when no camera moves so. */
  readonly map: Homography | undefined;
  /** How alike the pictures are under it as a whole, and where they move with the camera. */
  readonly likeness: number;
  readonly inlierLikeness: number;
  /** The error that the network expects, in grid pixels, heard at every stride; 0 where it tells nothing. */
  readonly doubt: number;
  /** Whether another look is worth its time. */
  readonly doubtful: boolean;
  /** 0..1. */
  readonly confidence: number;
}

/** Doubt that halves the confidence: of different scenes two in a hundred are below 4.6, of pairs measured within 3 px as many above 4.4. */
const COARSE = 4;

/** Likeness that two different scenes may reach where the network finds them moving together, and that pictures of one scene have. */
const STRANGE = 0.15;
const ALIKE = 0.55;

/** Confidence below, doubt above, and expected error of the coarsest stride above which a pair is looked at again. */
const UNCERTAIN = 0.5;
const DOUBTFUL = 1;
const COARSE_DOUBTFUL = 4.5;

/** Weighs an answer: how well the network knows the corners, how much of the frame follows, and whether the pictures agree under it. */
export function weigh(previous: GridPicture, current: GridPicture, look: Look): Evidence {
  const { inliers, spread, spreads = spread === undefined ? [] : [spread] } = look;
  const doubt = geometricMean(spreads);
  const map = gridHomography(look.corners[look.corners.length - 1]);
  if (map === undefined) return { look, map, likeness: 0, inlierLikeness: 0, doubt, doubtful: true, confidence: 0 };
  const { whole, inliers: within } = likenessUnder(map, previous, current, inliers);
  const share = inliers === undefined ? 1 : meanOf(inliers.data);
  const product =
    Math.sqrt(between(0.1, 0.5, share)) * between(STRANGE, ALIKE, within) * (1 / (1 + (doubt / COARSE) ** 2));
  const confidence = Number.isFinite(product) ? product : 0;
  const doubtful = !(confidence >= UNCERTAIN && doubt <= DOUBTFUL && (spreads[0] ?? 0) <= COARSE_DOUBTFUL);
  return { look, map, likeness: whole, inlierLikeness: within, doubt, doubtful, confidence };
}

/** How alike two pictures are under a homography of the grid. */
export function likenessUnder(
  map: Homography,
  previous: GridPicture,
  current: GridPicture,
  inliers?: Look['inliers'],
): ReturnType<typeof alignedLikeness> {
  const side = GRID / 2;
  return alignedLikeness(previous.halfGradients, current.half, side, toHalf(map), inliers && weightsOf(inliers, side));
}

/** A map of inliers with `side × side` cells: means of several, or each cell several times. */
export function weightsOf(inliers: NonNullable<Look['inliers']>, side: number): Float32Array {
  const data = withinCells(inliers, side);
  const cells = Math.sqrt(data.length);
  if (cells === side) return data;
  const weights = new Float32Array(side * side);
  for (let i = 0; i < weights.length; i++) {
    const row = Math.floor((Math.floor(i / side) * cells) / side);
    weights[i] = data[row * cells + Math.floor(((i % side) * cells) / side)];
  }
  return weights;
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function geometricMean(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/** 0 up to `low`, 1 from `high`, linear between. */
function between(low: number, high: number, value: number): number {
  return Math.min(Math.max((value - low) / (high - low), 0), 1);
}
