import { GimbalError } from '@gimbal/core';
import type { IhnOptions } from '../ihnOptions.js';

/** Strides from coarse to fine, each with how often it is refined there. */
export type Schedule = readonly (readonly [stride: number, iterations: number])[];

/**
 * The strides that a pair is refined at, one after the other.
 * @param trained The order that the network was trained with.
 * @param wanted A total: the first so many of the trained order, then more at the finest stride. A list: so many at each stride.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a list of another length than the network has strides.
 */
export function refinementOrder(trained: Schedule, wanted: IhnOptions['refinements']): number[] {
  if (typeof wanted === 'object') {
    if (wanted.length !== trained.length) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `Option "refinements" of the learned estimator needs one number for each of the strides ${trained
          .map(([stride]) => stride)
          .join(', ')}, received [${wanted.join(', ')}].`,
      );
    }
    return wanted.flatMap((count, i) => new Array<number>(count).fill(trained[i][0]));
  }
  const order = trained.flatMap(([stride, count]) => new Array<number>(count).fill(stride));
  const total = wanted ?? order.length;
  const finest = trained[trained.length - 1][0];
  return Array.from({ length: total }, (_, i) => order[i] ?? finest);
}
