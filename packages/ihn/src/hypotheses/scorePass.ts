import type { Homography } from '@gimbal/core';
import { gridHomography, toHalf } from '../grid/gridCorners.js';
import { GRID, type GridPicture } from '../grid/gridPicture.js';
import type { NetworkPass } from '../network/pairNetwork.js';
import { warpedCorrelation } from './gradientCorrelation.js';
import { type InlierMap, resampledTo } from './inlierMap.js';

/** A network pass with its score: what supports its answer. */
export interface ScoredPass {
  readonly pass: NetworkPass;
  /** Between grid pixels; undefined when the corners are no plausible camera motion. */
  readonly map: Homography | undefined;
  /** Gradient correlation of the pictures under it, −1..1: over the whole overlap, and weighted by the inlier map. */
  readonly correlation: number;
  readonly inlierCorrelation: number;
  /** Geometric mean of the errors predicted at all strides, in grid pixels; 0 if the network predicts none. */
  readonly overallError: number;
  /** Whether another pass is worth its time. */
  readonly uncertain: boolean;
  /** 0..1. */
  readonly confidence: number;
}

/** Overall error that halves the confidence: 2 % of pairs of different scenes are below 4.6, 2 % of pairs measured within 3 px above 4.4. */
const COARSE = 4;

/** Correlation within the inliers that two different scenes may reach, and that pictures of one scene have. */
const UNRELATED = 0.15;
const MATCHING = 0.55;

/** A pair is estimated again below this confidence, above this overall error, or above this error predicted at the coarsest stride. */
const UNCERTAIN = 0.5;
const UNCERTAIN_ERROR = 1;
const UNCERTAIN_COARSE_ERROR = 4.5;

/** Scores an answer by the predicted error, the share of inliers, and the correlation of the pictures under it. */
export function scorePass(previous: GridPicture, current: GridPicture, pass: NetworkPass): ScoredPass {
  const { inliers, expectedError, expectedErrors = expectedError === undefined ? [] : [expectedError] } = pass;
  const overallError = geometricMean(expectedErrors);
  const map = gridHomography(pass.corners[pass.corners.length - 1]);
  if (map === undefined)
    return { pass, map, correlation: 0, inlierCorrelation: 0, overallError, uncertain: true, confidence: 0 };
  const { whole, inliers: within } = correlationUnder(map, previous, current, inliers);
  const share = inliers === undefined ? 1 : meanOf(inliers.data);
  const product =
    Math.sqrt(between(0.1, 0.5, share)) *
    between(UNRELATED, MATCHING, within) *
    (1 / (1 + (overallError / COARSE) ** 2));
  const confidence = Number.isFinite(product) ? product : 0;
  const uncertain = !(
    confidence >= UNCERTAIN &&
    overallError <= UNCERTAIN_ERROR &&
    (expectedErrors[0] ?? 0) <= UNCERTAIN_COARSE_ERROR
  );
  return { pass, map, correlation: whole, inlierCorrelation: within, overallError, uncertain, confidence };
}

/** Gradient correlation of two pictures under a homography of the grid, at half resolution. */
export function correlationUnder(
  map: Homography,
  previous: GridPicture,
  current: GridPicture,
  inliers?: InlierMap,
): ReturnType<typeof warpedCorrelation> {
  const side = GRID / 2;
  return warpedCorrelation(
    previous.halfGradients,
    current.half,
    side,
    toHalf(map),
    inliers && resampledTo(side, inliers),
  );
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
