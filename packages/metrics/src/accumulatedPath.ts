import type { Homography } from '@gimbal/core';
import { identityHomography, multiplyHomographies } from '@gimbal/core/geometry';
import { isMeasured, type MotionStep } from './evaluate/motionStep.js';

/**
 * The product of the steps of one shot, after every step. `left`: each step is applied after those before it, which follows a point
 * of the first frame through the clip; the product is normalized to `h[8] = 1`. `right`: the order of the published `dif2021` code,
 * which does not normalize. A lost step repeats the one before it, as there.
 */
export function accumulatedPath(steps: readonly Exclude<MotionStep, 'cut'>[], order: 'left' | 'right'): Homography[] {
  let product = identityHomography();
  let last = identityHomography();
  return steps.map((step) => {
    if (isMeasured(step)) last = step;
    if (order === 'right') product = multiplyHomographies(product, last);
    else {
      const raw = multiplyHomographies(last, product);
      product = raw.map((value) => value / raw[8]);
    }
    return product;
  });
}
