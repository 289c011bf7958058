import { globalWarp, type Warp } from '../run/renderer.js';
import { readoutWarp } from '../shutter/readoutWarp.js';
import type { RenderPlan } from './planCorrections.js';

/** What the renderer is to do with a frame: its warp, and what the camera did while it was read, in one. */
export function frameWarp(
  {
    warps,
    readouts,
    rollingShutter,
    size,
    output,
  }: Omit<RenderPlan, 'times' | 'budget' | 'shots' | 'corrections' | 'windows' | 'border'>,
  frame: number,
): Warp {
  const readout = readouts?.[frame];
  if (readout === undefined) return globalWarp(warps[frame]);
  return readoutWarp(warps[frame], readout, rollingShutter?.axis ?? 'rows', size, output);
}
