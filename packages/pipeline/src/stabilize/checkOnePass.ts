import { GimbalError } from '@gimbal/core';
import type { StabilizeOrder } from '../jobs/stabilizeOrder.js';
import type { Settings } from './settings.js';

/**
 * Refuses, before anything is opened, what needs the whole clip although it is to be made in one pass.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`
 */
export function checkOnePass(
  { motion }: Pick<StabilizeOrder, 'motion'>,
  { lookAhead, tripod, zoom }: Pick<Settings, 'lookAhead' | 'tripod' | 'zoom'>,
): void {
  if (lookAhead === undefined) return;
  const problem =
    motion !== undefined
      ? '--motion tells the motion of the whole clip'
      : tripod
        ? '--tripod needs to know the whole clip'
        : zoom === 'dynamic'
          ? '--zoom dynamic needs to know the whole clip'
          : undefined;
  if (problem === undefined) return;
  throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `${problem}; leave out that or --look-ahead.`);
}
