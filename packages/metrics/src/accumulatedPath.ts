import { type Homography, identityHomography, multiplyHomographies, type Size } from '@gimbal/core';
import { isMeasured, type MotionStep } from './motionStep.js';

/** Linear scale and relative depth beyond which a product of homographies says nothing of a camera any more. */
const LARGEST_SCALE = 50;
const SMALLEST_DEPTH = 0.02;

/**
 * The product of the steps of one shot, after every step. `left`: each step is applied after those before it, which follows a point
 * of the first frame through the clip. `right`: the order of the published `dif2021` code. A lost step repeats the one before it, as
 * there. `undefined` when the product stops describing a picture: small perspective errors add up until it folds.
 */
export function accumulatedPath(
  steps: readonly Exclude<MotionStep, 'cut'>[],
  order: 'left' | 'right',
  size: Size,
): Homography[] | undefined {
  let product = identityHomography();
  let last = identityHomography();
  const path: Homography[] = [];
  for (const step of steps) {
    if (isMeasured(step)) last = step;
    product = order === 'left' ? multiplyHomographies(last, product) : multiplyHomographies(product, last);
    if (!describesPicture(product, size)) return undefined;
    path.push(product);
  }
  return path;
}

function describesPicture(h: Homography, size: Size): boolean {
  if (!h.every(Number.isFinite)) return false;
  const w = [h[8], h[8] + h[6] * size.width, h[8] + h[7] * size.height, h[8] + h[6] * size.width + h[7] * size.height];
  if (Math.min(...w) < SMALLEST_DEPTH * Math.max(...w)) return false;
  const scale = Math.sqrt(Math.abs(h[0] * h[4] - h[1] * h[3])) / h[8];
  return scale > 1 / LARGEST_SCALE && scale < LARGEST_SCALE;
}
