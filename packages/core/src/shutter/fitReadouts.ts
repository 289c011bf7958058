import type { Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';
import { homographyToParameters, parametersToHomography } from '../geometry/motionParameters.js';
import { inDisplayProportions } from '../plan/displayProportions.js';
import type { Window } from '../plan/staticCrop.js';
import { windowedCorrection } from '../plan/zoom.js';
import { readoutCovers, readoutReach } from './readoutWarp.js';
import type { ReadoutMotion, RollingShutter } from './rollingShutter.js';

/** How the frames of a clip were read. */
export interface ClipReadouts {
  readonly axis: RollingShutter['axis'];
  readonly motions: readonly (ReadoutMotion | undefined)[];
}

/** Share of the frames for which the crop budget keeps room; the others are corrected less. */
const ROOM_FOR = 0.95;
/** Most of the budget that is kept. */
const MOST_ROOM = 0.4;
const BISECTIONS = 10;

/** Fraction of width and height that a crop budget should leave to the correction of the readout. */
export function readoutRoom({ axis, motions }: ClipReadouts, size: Size, maxCrop: number): number {
  const reach = motions
    .map((motion) => (motion === undefined ? 0 : readoutReach(motion, axis, size)))
    .sort((a, b) => a - b);
  const usual = reach[Math.min(reach.length - 1, Math.floor(ROOM_FOR * reach.length))] ?? 0;
  return Math.min(2 * usual, MOST_ROOM * maxCrop);
}

/** The largest window not smaller than `least` that every frame covers also where its rows are read one after the other; `least` where none is. */
export function windowWithReadouts(
  window: Window,
  least: number,
  corrections: readonly Homography[],
  { axis, motions }: ClipReadouts,
  size: Size,
): Window {
  const floor = Math.min(window.scale, least);
  const coversAll = (scale: number): boolean => {
    for (let t = 0; t < corrections.length; t++) {
      const motion = motions[t];
      if (motion === undefined) continue;
      const warp = windowedCorrection(corrections[t], { ...window, scale }, size, size);
      if (!readoutCovers(warp, motion, axis, size, size)) return false;
    }
    return true;
  };
  if (coversAll(window.scale)) return window;
  let [low, high] = [floor, window.scale];
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = (low + high) / 2;
    if (coversAll(middle)) low = middle;
    else high = middle;
  }
  return { ...window, scale: low };
}

/** Of a motion during the readout as much as the source still covers. */
export function readoutWithin(
  warp: Homography,
  motion: ReadoutMotion,
  axis: RollingShutter['axis'],
  size: Size,
  output: Size,
): ReadoutMotion {
  if (readoutCovers(warp, motion, axis, size, output)) return motion;
  let [low, high] = [0, 1];
  for (let k = 0; k < BISECTIONS; k++) {
    const middle = (low + high) / 2;
    if (
      readoutCovers(
        warp,
        motion.map((value) => value * middle),
        axis,
        size,
        output,
      )
    )
      low = middle;
    else high = middle;
  }
  return motion.map((value) => value * low);
}

/** A motion during the readout in square pixels, re-expressed in stored pixels that are `pixelAspect` wide. */
export function readoutInPixels(motion: ReadoutMotion, shown: Size, size: Size, pixelAspect: number): ReadoutMotion {
  if (pixelAspect === 1) return motion;
  const own = new Float64Array(motion.length);
  for (let k = 0; k < motion.length; k += 8) {
    const square = parametersToHomography(motion.subarray(k, k + 8), shown);
    own.set(homographyToParameters(inDisplayProportions(square, 1 / pixelAspect), size) ?? [], k);
  }
  return own;
}
