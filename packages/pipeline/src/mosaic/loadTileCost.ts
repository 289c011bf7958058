import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { GimbalError } from '@gimbal/core';
import type { TileCost } from '@gimbal/mosaic';

/**
 * The `TileCost` that a module exports as its default.
 * @throws GimbalError `GIMBAL_E_PLUGIN_NOT_FOUND`, `GIMBAL_E_PLUGIN_INVALID`.
 */
export async function loadTileCost(file: string): Promise<TileCost> {
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(path.resolve(file)).href);
  } catch (cause) {
    throw new GimbalError('GIMBAL_E_PLUGIN_NOT_FOUND', `The cost ${file} does not load: ${(cause as Error).message}`, {
      cause,
    });
  }
  const cost = module.default as Partial<TileCost> | undefined;
  if (typeof cost?.name === 'string' && typeof cost.dimensions === 'function' && typeof cost.points === 'function') {
    return cost as TileCost;
  }
  throw new GimbalError(
    'GIMBAL_E_PLUGIN_INVALID',
    `${file} must export a TileCost by default: an object with name, dimensions(side) and points(features, count, side, scale).`,
  );
}
