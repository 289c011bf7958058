// Aligns two pictures of unknown exposure, blur and noise by their grey levels.
import type { Homography } from '@gimbal/core';
import {
  composeHomographies,
  homographyToParameters,
  invertHomography,
  parameterFields,
  parametersToHomography,
} from '@gimbal/core/geometry';
import { GRID_SIZE } from '../grid/gridCorners.js';
import { gaussNewtonStep } from './gaussNewtonStep.js';
import type { PhotometricPicture } from './photometricPicture.js';
import { type WarpedPair, warpPair } from './warpPair.js';

/** Gauss-Newton steps. */
const STEPS = 5;

/**
 * Standard deviations that noise exceeds at one pixel in 2000, and the share of pixels that may: photometric pairs of one plane have less than
 * 0.013 (nine in ten), those with an occluder of a fifth or motion blur more than 0.15, those with parallax more than 0.038.
 */
const CHANCE = 3.5;
const MOST_OUTLIERS = 0.04;

/** Largest corner displacement of one step, and of all steps together, in grid pixels. */
const STEP = 3;
const REACH = 8;

/**
 * The homography between two exposures of one scene from their grey levels alone, with unknown exposure, blur and noise. Gauss-Newton: each
 * step warps the second picture onto the first, maps the first to the second's exposure, takes the denoised mean of both as the scene, and
 * solves for the motion of that scene that explains their difference. Synchronous: a few tens of milliseconds.
 * @param start From the first picture to the second, in grid pixels.
 * @param error Expected error of the start, in grid pixels along each axis: the less the pictures determine, the more of the start remains.
 * @returns undefined if the pictures overlap too little, lead away from the start, or still differ by more than their noise: then something
 * moves independently, lies at another depth or is smeared, and one rigid motion does not explain the pair.
 */
export function alignPhotometric(
  first: PhotometricPicture,
  second: PhotometricPicture,
  start: Homography,
  error: number,
): Homography | undefined {
  const back = invertHomography(start);
  let map = start;
  for (let step = 0; step < STEPS; step++) {
    const pair = warpPair(first, second, map);
    const moved = homographyToParameters(composeHomographies(back, map), GRID_SIZE);
    const parameters = pair && moved && gaussNewtonStep(pair, moved, error);
    if (pair === undefined || parameters === undefined) return undefined;
    if (step === STEPS - 1 && outlierShare(pair) > MOST_OUTLIERS) return undefined;
    const length = farthest(parameters);
    if (!Number.isFinite(length)) return undefined;
    if (length > STEP) for (let k = 0; k < parameters.length; k++) parameters[k] *= STEP / length;
    map = composeHomographies(map, parametersToHomography(parameters, GRID_SIZE));
    const whole = homographyToParameters(composeHomographies(back, map), GRID_SIZE);
    if (whole === undefined || farthest(whole) > REACH) return undefined;
  }
  return map;
}

/** Share of the pixels with a weight that differ by more than their noise. */
function outlierShare({ difference, variance, pixelWeight, pixels }: WarpedPair): number {
  let [weighted, beyond] = [0, 0];
  for (const i of pixels) {
    if (pixelWeight[i] === 0) continue;
    weighted++;
    if (difference[i] * difference[i] > CHANCE * CHANCE * variance[i]) beyond++;
  }
  return beyond / weighted;
}

/** How far small parameters move the corner that they move the most. */
function farthest(parameters: Float64Array): number {
  return Math.max(
    ...CORNERS.map((fields) => {
      let [x, y] = [0, 0];
      for (let k = 0; k < parameters.length; k++) {
        x += fields[k] * parameters[k];
        y += fields[k + 8] * parameters[k];
      }
      return Math.hypot(x, y);
    }),
  );
}

/** The corners of a square lie at a distance of one parameter radius from its centre. */
const CORNERS = [
  [-1, -1],
  [1, -1],
  [-1, 1],
  [1, 1],
].map(([u, v]) => parameterFields(u * Math.SQRT1_2, v * Math.SQRT1_2));
