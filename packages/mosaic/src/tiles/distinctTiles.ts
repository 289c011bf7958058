// Leaves out tiles that look like others.
import { availableParallelism } from 'node:os';
import { loadAddon } from '../addon.js';
import { chosenTiles, type TileSet } from './tileSet.js';

const SIDE = 3;
const SCALE = 4096;
const SRGB = { primaries: 1, transfer: 13, matrix: 1 };

/** A just noticeable difference in Oklab: tiles nearer than this in every part look alike. */
export const JUST_NOTICEABLE = 0.02;

/**
 * A set without tiles that look nearly like an earlier one.
 * @param distance Mean difference of 3×3 parts, in Oklab; 0 keeps everything.
 */
export async function distinctTiles(set: TileSet, distance: number): Promise<TileSet> {
  if (distance <= 0 || set.count < 2) return set;
  const addon = loadAddon();
  const features = new Int16Array(set.count * SIDE * SIDE * 3);
  const samples = new Uint8Array(set.count * 3 * SIDE * SIDE);
  const colour = addon.colourOf(SRGB.primaries, SRGB.transfer, SRGB.matrix, true, 8);
  const shape = [SIDE, SIDE, SIDE, SIDE, 1] as const;
  const means = new Int32Array(set.count * 3);
  const threads = availableParallelism();
  await addon.layTiles(set.pixels, set.count, set.size, colour, shape, 1, SIDE, samples, features, means, threads);
  const squared = Math.round((distance * SCALE) ** 2 * SIDE * SIDE);
  const kept = await addon.distinctTiles(features, SIDE * SIDE * 3, squared);
  return kept.length === set.count ? set : chosenTiles(set, kept, set.count - kept.length);
}
