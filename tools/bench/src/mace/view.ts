import type { Homography } from '@gimbal/core';
import { PATCH } from './bins.js';
import { type Picture, sampleBilinear } from './picture.js';

/** Least denominator of a homography, as a share of that at the patch's corner: beyond it lies the horizon, which only margins can reach. */
const HORIZON = 1e-3;

/** A frame as numbers 0..255 before rounding: the patch with a margin around it that filters may read. */
export interface View {
  readonly margin: number;
  /** Pixels in a row: the patch and both margins. */
  readonly side: number;
  readonly values: Float64Array;
}

/** Calls for every pixel of a view: its index, and its place in the patch (negative in the margin). */
export function eachPixel(margin: number, visit: (index: number, x: number, y: number) => void): void {
  let index = 0;
  for (let y = -margin; y < PATCH + margin; y++) {
    for (let x = -margin; x < PATCH + margin; x++) visit(index++, x, y);
  }
}

/**
 * What the frame sees of a photo: `view(x) = photo(window + h(x))`.
 * @param x0 Window's top left pixel in the photo.
 * @param y0 Likewise.
 * @param h From the frame's pixels to the window's.
 */
export function viewOf(photo: Picture, x0: number, y0: number, h: Homography, margin: number): View {
  const side = PATCH + 2 * margin;
  const values = new Float64Array(side * side);
  eachPixel(margin, (index, x, y) => {
    const [u, v] = mapped(h, x, y);
    values[index] = sampleBilinear(photo, x0 + u, y0 + v);
  });
  return { margin, side, values };
}

/** Image of a point, held on this side of the homography's horizon. */
export function mapped(h: Homography, x: number, y: number): [number, number] {
  const w = Math.max(h[6] * x + h[7] * y + h[8], HORIZON);
  return [(h[0] * x + h[1] * y + h[2]) / w, (h[3] * x + h[4] * y + h[5]) / w];
}

/** The patch alone, rounded to 8 bits. */
export function patchOf({ margin, side, values }: View): Uint8Array {
  const patch = new Uint8Array(PATCH * PATCH);
  for (let y = 0; y < PATCH; y++) {
    for (let x = 0; x < PATCH; x++) {
      const value = values[(y + margin) * side + x + margin];
      patch[y * PATCH + x] = Math.min(Math.max(Math.round(value), 0), 255);
    }
  }
  return patch;
}
