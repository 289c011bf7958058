// Tracks given points from one picture to another: pyramidal Lucas–Kanade, there and back.
import type { LumaImage } from '../image/lumaImage.js';
import type { ImagePyramid } from './imagePyramid.js';

/** Half the side of the window that is compared, pixels; the gradient needs one more. */
const RADIUS = 6;
const SIDE = 2 * RADIUS + 1;
const WIDE = SIDE + 2;
const MOST_ITERATIONS = 12;
/** Pixels of a step that changes nothing any more. */
const STILL = 0.01;
/** Smaller eigenvalue of the normal matrix, grey levels squared a pixel, below which a window cannot be placed. */
const LEAST = 2;
/** How far the way back may end from where it began, pixels. */
const RETURN = 0.3;

const WINDOW = new Float32Array(WIDE * WIDE);
const GX = new Float32Array(SIDE * SIDE);
const GY = new Float32Array(SIDE * SIDE);
const MOVED = new Float32Array(SIDE * SIDE);

/**
 * Where points of one picture lie in another: pyramidal Lucas–Kanade (Bouguet 2000), there and back.
 * @param points x, y pairs in pixels of the first picture.
 * @returns As many x, y pairs; `NaN` for those that were lost or did not come back to within 0.3 px.
 */
export function trackPoints(from: ImagePyramid, to: ImagePyramid, points: Float64Array): Float64Array {
  const out = new Float64Array(points.length).fill(Number.NaN);
  const there = new Float64Array(2);
  const back = new Float64Array(2);
  for (let k = 0; k < points.length; k += 2) {
    if (!track(from, to, points[k], points[k + 1], there)) continue;
    if (!track(to, from, there[0], there[1], back)) continue;
    if (Math.hypot(back[0] - points[k], back[1] - points[k + 1]) > RETURN) continue;
    out[k] = there[0];
    out[k + 1] = there[1];
  }
  return out;
}

function track(from: ImagePyramid, to: ImagePyramid, x: number, y: number, out: Float64Array): boolean {
  let dx = 0;
  let dy = 0;
  for (let level = Math.min(from.length, to.length) - 1; level >= 0; level--) {
    const scale = 1 / 2 ** level;
    const result = place(from[level], to[level], x * scale, y * scale, dx, dy);
    if (result === undefined && level === 0) return false;
    // Where a coarse level shows nothing the next one begins with what is known.
    if (result !== undefined) [dx, dy] = result;
    if (level > 0) {
      dx *= 2;
      dy *= 2;
    }
  }
  out[0] = x + dx;
  out[1] = y + dy;
  return true;
}

/** The displacement at one level, by Gauss-Newton on the window's squared difference; `undefined` where it cannot be told. */
function place(
  from: LumaImage,
  to: LumaImage,
  x: number,
  y: number,
  startX: number,
  startY: number,
): [number, number] | undefined {
  if (!sampleWindow(from, x, y, RADIUS + 1, WINDOW)) return undefined;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const at = (row + 1) * WIDE + column + 1;
      const gx = (WINDOW[at + 1] - WINDOW[at - 1]) / 2;
      const gy = (WINDOW[at + WIDE] - WINDOW[at - WIDE]) / 2;
      GX[row * SIDE + column] = gx;
      GY[row * SIDE + column] = gy;
      xx += gx * gx;
      xy += gx * gy;
      yy += gy * gy;
    }
  }
  const least = (xx + yy) / 2 - Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy);
  if (!(least > LEAST * SIDE * SIDE)) return undefined;
  const determinant = xx * yy - xy * xy;
  let dx = startX;
  let dy = startY;
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    if (!sampleWindow(to, x + dx, y + dy, RADIUS, MOVED)) return undefined;
    let bx = 0;
    let by = 0;
    for (let row = 0; row < SIDE; row++) {
      for (let column = 0; column < SIDE; column++) {
        const at = row * SIDE + column;
        const difference = WINDOW[(row + 1) * WIDE + column + 1] - MOVED[at];
        bx += difference * GX[at];
        by += difference * GY[at];
      }
    }
    const stepX = (yy * bx - xy * by) / determinant;
    const stepY = (xx * by - xy * bx) / determinant;
    dx += stepX;
    dy += stepY;
    if (Math.hypot(stepX, stepY) < STILL) break;
  }
  return [dx, dy];
}

/** Bilinear samples of the square about (x, y); false where it leaves the picture. */
function sampleWindow(
  { width, height, data }: LumaImage,
  x: number,
  y: number,
  radius: number,
  out: Float32Array,
): boolean {
  const left = Math.floor(x) - radius;
  const top = Math.floor(y) - radius;
  const side = 2 * radius + 1;
  if (!(left >= 0 && top >= 0 && left + side < width && top + side < height)) return false;
  const fx = x - Math.floor(x);
  const fy = y - Math.floor(y);
  const a = (1 - fx) * (1 - fy);
  const b = fx * (1 - fy);
  const c = (1 - fx) * fy;
  const d = fx * fy;
  for (let row = 0; row < side; row++) {
    let at = (top + row) * width + left;
    for (let column = 0; column < side; column++, at++) {
      out[row * side + column] = a * data[at] + b * data[at + 1] + c * data[at + width] + d * data[at + width + 1];
    }
  }
  return true;
}
