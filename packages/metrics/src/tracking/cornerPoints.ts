// Finds corners that can be tracked (Shi and Tomasi 1994).
import type { LumaImage } from '../image/lumaImage.js';

/** Cells across and down, each of which gives so many corners at most. */
const COLUMNS = 16;
const ROWS = 12;
const PER_CELL = 3;
/** Pixels at the border that are left out, and the least distance of two corners. */
const MARGIN = 8;
const DISTANCE = 5;
/** Smaller eigenvalue of the structure tensor, grey levels squared a pixel, below which a place cannot be tracked. */
const LEAST = 6;

/**
 * Places that can be tracked in both directions, spread evenly over the picture (Shi and Tomasi 1994): per cell of a grid those with
 * the greatest smaller eigenvalue of the structure tensor over 5 × 5 pixels.
 * @returns x, y pairs, in pixels.
 */
export function cornerPoints(image: LumaImage): Float64Array {
  const { width, height } = image;
  const strength = smallerEigenvalues(image);
  const points: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const left = Math.max(MARGIN, Math.floor((column * width) / COLUMNS));
      const right = Math.min(width - MARGIN, Math.floor(((column + 1) * width) / COLUMNS));
      const top = Math.max(MARGIN, Math.floor((row * height) / ROWS));
      const bottom = Math.min(height - MARGIN, Math.floor(((row + 1) * height) / ROWS));
      const found: { x: number; y: number; value: number }[] = [];
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const value = strength[y * width + x];
          if (value < LEAST || !isPeak(strength, y * width + x, width)) continue;
          found.push({ x, y, value });
        }
      }
      found.sort((a, b) => b.value - a.value);
      const kept: typeof found = [];
      for (const corner of found) {
        if (kept.length === PER_CELL) break;
        if (kept.every(({ x, y }) => Math.hypot(x - corner.x, y - corner.y) >= DISTANCE)) kept.push(corner);
      }
      for (const { x, y } of kept) points.push(x, y);
    }
  }
  return Float64Array.from(points);
}

function isPeak(values: Float32Array, at: number, width: number): boolean {
  const value = values[at];
  for (const other of [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]) {
    if (values[at + other] > value) return false;
  }
  return true;
}

function smallerEigenvalues({ width, height, data }: LumaImage): Float32Array {
  const xx = new Float32Array(width * height);
  const xy = new Float32Array(width * height);
  const yy = new Float32Array(width * height);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const gx = (data[at + 1] - data[at - 1]) / 2;
      const gy = (data[at + width] - data[at - width]) / 2;
      xx[at] = gx * gx;
      xy[at] = gx * gy;
      yy[at] = gy * gy;
    }
  }
  const [a, b, c] = [xx, xy, yy].map((plane) => boxMean(plane, width, height));
  const out = new Float32Array(width * height);
  for (let at = 0; at < out.length; at++) {
    out[at] = (a[at] + c[at]) / 2 - Math.sqrt(((a[at] - c[at]) / 2) ** 2 + b[at] ** 2);
  }
  return out;
}

/** Mean over 5 × 5 pixels; less is summed at the border. */
function boxMean(plane: Float32Array, width: number, height: number): Float32Array {
  const across = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    for (let x = 2; x < width - 2; x++) {
      const at = y * width + x;
      across[at] = plane[at - 2] + plane[at - 1] + plane[at] + plane[at + 1] + plane[at + 2];
    }
  }
  const out = new Float32Array(plane.length);
  for (let y = 2; y < height - 2; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      out[at] =
        (across[at - 2 * width] + across[at - width] + across[at] + across[at + width] + across[at + 2 * width]) / 25;
    }
  }
  return out;
}
