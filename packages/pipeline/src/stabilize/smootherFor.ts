import type { Smoother } from '@gimbal/core';
import { findSmoother, smootherOf } from '@gimbal/core/plugins';
import { createSmoother, type SmootherName, smootherNames, tripod } from '@gimbal/smoothers';
import type { Settings } from './settings.js';

type SmootherSettings = Pick<Settings, 'smoother' | 'smootherOptions' | 'strength' | 'tripod'>;

/** Whether a reference is the name of a smoother of ours. */
export function isOwnSmoother(reference: Settings['smoother']): reference is SmootherName {
  return smootherNames.some((name) => name === reference);
}

/**
 * The smoother that the settings mean: one of ours by its name, or a plug-in, which gets `strength` and its options.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`, and what a plug-in that is not found or breaks its contract earns.
 */
export async function smootherFor({
  smoother,
  smootherOptions,
  strength,
  tripod: still,
}: SmootherSettings): Promise<Smoother> {
  if (still) return tripod();
  if (isOwnSmoother(smoother)) return createSmoother(smoother, { ...smootherOptions, strength });
  const plugin = await findSmoother(smoother, { from: process.cwd() }, smootherNames);
  return smootherOf(plugin, { ...smootherOptions, strength });
}
