import type { LumaImage } from '../image/lumaImage.js';

/** A picture and its halves, quarters, … down to about 24 pixels; level k has 1/2ᵏ of the width. */
export type ImagePyramid = readonly LumaImage[];

const SMALLEST = 24;

/** @param levels Most levels, the picture itself counted. */
export function imagePyramid(image: LumaImage, levels: number): ImagePyramid {
  const pyramid = [image];
  while (pyramid.length < levels) {
    const last = pyramid[pyramid.length - 1];
    if (Math.min(last.width, last.height) < 2 * SMALLEST) break;
    pyramid.push(halved(last));
  }
  return pyramid;
}

/** Binomial filter [1 4 6 4 1] / 16 in both directions, then every second pixel (Burt and Adelson 1983). */
function halved({ width, height, data }: LumaImage): LumaImage {
  const columns = Math.ceil(width / 2);
  const rows = Math.ceil(height / 2);
  const across = new Float32Array(columns * height);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < columns; x++) {
      const at = 2 * x;
      const a = data[row + Math.max(at - 2, 0)];
      const b = data[row + Math.max(at - 1, 0)];
      const d = data[row + Math.min(at + 1, width - 1)];
      const e = data[row + Math.min(at + 2, width - 1)];
      across[y * columns + x] = (a + e + 4 * (b + d) + 6 * data[row + at]) / 16;
    }
  }
  const out = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    const at = 2 * y;
    const a = Math.max(at - 2, 0) * columns;
    const b = Math.max(at - 1, 0) * columns;
    const c = at * columns;
    const d = Math.min(at + 1, height - 1) * columns;
    const e = Math.min(at + 2, height - 1) * columns;
    for (let x = 0; x < columns; x++) {
      out[y * columns + x] =
        (across[a + x] + across[e + x] + 4 * (across[b + x] + across[d + x]) + 6 * across[c + x]) / 16;
    }
  }
  return { width: columns, height: rows, data: out };
}
