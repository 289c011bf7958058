// Makes a smoother by its name; a new smoother is added to the list here.
import { GimbalError, type Smoother } from '@gimbal/core';
import { gaussian } from './gaussian.js';
import { kalmanRts } from './kalmanRts.js';
import { l1Optimal } from './l1Optimal.js';
import { l1Tv } from './l1Tv.js';
import { minAcceleration } from './minAcceleration.js';
import type { SmootherOptions } from './strength.js';

const factories = {
  'min-acceleration': minAcceleration,
  gaussian,
  'kalman-rts': kalmanRts,
  'l1-tv': l1Tv,
  'l1-optimal': l1Optimal,
};

/** A name that {@link createSmoother} knows. */
export type SmootherName = keyof typeof factories;

/** The names that {@link createSmoother} knows. */
export const smootherNames = Object.keys(factories) as readonly SmootherName[];

/** Makes a smoother by name. Throws `GIMBAL_E_INVALID_ARGUMENT` for an unknown name or a strength outside 0..1. */
export function createSmoother(name: string, options: SmootherOptions = {}): Smoother {
  const known = smootherNames.find((candidate) => candidate === name);
  if (known === undefined) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Expected one of the smoothers ${smootherNames.join(', ')}, received "${name}".`,
    );
  }
  return factories[known](options);
}
