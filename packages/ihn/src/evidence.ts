import type { Homography } from '@gimbal/core';
import { gridHomography, toHalf } from './gridCorners.js';
import { GRID, type GridPicture } from './gridPicture.js';
import { alignedLikeness } from './likeness.js';
import type { Look } from './pairNetwork.js';

/** What speaks for the answer of one look. */
export interface Evidence {
  readonly look: Look;
  /** Between grid pixels; undefined when no camera moves so. */
  readonly map: Homography | undefined;
  /** How alike the pictures are under it. */
  readonly likeness: number;
  /** 0..1. */
  readonly confidence: number;
}

/**
 * Expected corner error, in grid pixels, that halves the confidence. Between different scenes the network expects 2.5 to 20; where low
 * light, blur or what moves by itself make it expect as much of a pair that it measured, its error is a fifth of that.
 */
const COARSE = 4;

/** Likeness that two different scenes may reach, and that neighbouring frames nearly always do. */
const STRANGE = 0.25;
const ALIKE = 0.55;

/**
 * Blur, dark and moving things make the pictures of one scene as unlike as those of two. There it is the network that knows: expected
 * error up to which it is sure of one scene, and from which not, as long as the pictures agree a little more than at random.
 */
const SURE = 1;
const UNSURE = 2.5;
const AT_RANDOM = 0.04;
const SOMEWHAT = 0.12;

/** Weighs an answer: how well the network knows the corners, how much of the frame follows, and whether the pictures agree under it. */
export function weigh(previous: GridPicture, current: GridPicture, look: Look): Evidence {
  const map = gridHomography(look.corners[look.corners.length - 1]);
  if (map === undefined) return { look, map, likeness: 0, confidence: 0 };
  const likeness = likenessUnder(map, previous, current);
  const { inliers, spread } = look;
  const share = inliers === undefined ? 1 : inliers.data.reduce((sum, value) => sum + value, 0) / inliers.data.length;
  const agreement = Math.sqrt(between(0.1, 0.5, share));
  const precision = spread === undefined ? 1 : 1 / (1 + (spread / COARSE) ** 2);
  const sureness =
    spread === undefined ? 0 : (1 - between(SURE, UNSURE, spread)) * between(AT_RANDOM, SOMEWHAT, likeness);
  const confidence = agreement * precision * Math.max(sureness, between(STRANGE, ALIKE, likeness));
  return { look, map, likeness, confidence: Number.isFinite(confidence) ? confidence : 0 };
}

/** How alike two pictures are under a homography of the grid. */
export function likenessUnder(map: Homography, previous: GridPicture, current: GridPicture): number {
  return alignedLikeness(previous.halfGradients, current.half, GRID / 2, toHalf(map));
}

/** 0 up to `low`, 1 from `high`, linear between. */
function between(low: number, high: number, value: number): number {
  return Math.min(Math.max((value - low) / (high - low), 0), 1);
}
