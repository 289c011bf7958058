import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  composeHomographies,
  type Homography,
  homographyToParameters,
  invertHomography,
  parameterFields,
  parametersToHomography,
} from '@gimbal/core';
import { GRID_SIZE } from '../gridCorners.js';
import { motionStep } from './motionStep.js';
import { type Overlay, overlay } from './overlay.js';
import type { TonedPicture } from './tonedPicture.js';

/** How often the pictures are laid over each other. */
const STEPS = 5;

/**
 * Standard deviations that noise exceeds at one pixel in 2000, and the share of pixels that may: photometric pairs of one plane have less than
 * 0.013 (nine in ten), those with an occluder of a fifth or motion blur more than 0.15, those with parallax more than 0.038.
 */
const CHANCE = 3.5;
const UNLIKE = 0.04;

/** Farthest that a step, and all of them, may carry a corner, in grid pixels. */
const STEP = 3;
const REACH = 8;

/**
 * The homography between two exposures of one scene, from grey levels alone: of tone, blur and noise nothing is known beforehand. Gauss and
 * Newton's steps, each of which lays the pictures over each other, brings them to one tone, takes the scene from the mean of both with its noise
 * removed, and asks how that scene must move to explain their difference. Gives way to other events twice a step.
 * @param start From the first picture to the second, in grid pixels.
 * @param error Expected error of the start, in grid pixels along each axis: the more the pictures leave open, the more of the start remains.
 * @returns undefined where the pictures overlap too little, lead away from the start, or differ by more than their noise at the end: then
 * something moves by itself, lies at another depth or was smeared, and a scene that moves as a whole does not explain them.
 */
export async function alignTones(
  first: TonedPicture,
  second: TonedPicture,
  start: Homography,
  error: number,
): Promise<Homography | undefined> {
  const back = invertHomography(start);
  let map = start;
  for (let step = 0; step < STEPS; step++) {
    await nextTurn();
    const laid = overlay(first, second, map);
    await nextTurn();
    const moved = homographyToParameters(composeHomographies(back, map), GRID_SIZE);
    const parameters = laid && moved && motionStep(laid, moved, error);
    if (laid === undefined || parameters === undefined) return undefined;
    if (step === STEPS - 1 && unlike(laid) > UNLIKE) return undefined;
    const length = farthest(parameters);
    if (!Number.isFinite(length)) return undefined;
    if (length > STEP) for (let k = 0; k < parameters.length; k++) parameters[k] *= STEP / length;
    map = composeHomographies(map, parametersToHomography(parameters, GRID_SIZE));
    const whole = homographyToParameters(composeHomographies(back, map), GRID_SIZE);
    if (whole === undefined || farthest(whole) > REACH) return undefined;
  }
  return map;
}

/** The share of the pixels heeded that differ by more than noise. */
function unlike({ difference, variance, heed, pixels }: Overlay): number {
  let [heeded, beyond] = [0, 0];
  for (const i of pixels) {
    if (heed[i] === 0) continue;
    heeded++;
    if (difference[i] * difference[i] > CHANCE * CHANCE * variance[i]) beyond++;
  }
  return beyond / heeded;
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
