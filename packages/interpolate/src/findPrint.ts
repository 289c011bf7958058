import type { HostFrame } from '@gimbal/core';
import { bitsOf, loadAddon, planesOf } from './addon.js';

/** Finds what stands on the screen while the camera moves under it; keeps its memory from pair to pair. */
export interface PrintFinder {
  /** The mask of a pair, 1 where luma stands; undefined where nothing does. It is overwritten by the next pair. */
  of(first: HostFrame, second: HostFrame, matrices: Float64Array, threads: number): Promise<Uint8Array | undefined>;
}

/** Largest share of the picture that is taken for print: beyond it the camera's motion is what is wrong. */
const MOST = 0.4;

export function printFinder(): PrintFinder {
  const addon = loadAddon();
  let mask = new Uint8Array();
  return {
    async of(first, second, matrices, threads) {
      const area = first.width * first.height;
      if (mask.length !== area) mask = new Uint8Array(area);
      const found = await addon.findPrint(planesOf(first), planesOf(second), bitsOf(first), matrices, mask, threads);
      return found > 0 && found <= MOST * area ? mask : undefined;
    },
  };
}
