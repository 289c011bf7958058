import type { Homography } from '@gimbal/core';
import { applyHomography, composeHomographies, invertHomography, translationHomography } from '@gimbal/core/geometry';
import type { Picture } from './frames.js';

/** A continuous brightness, 0..255, over the plane. */
export type Scene = (x: number, y: number) => number;

/** Numbers −1..1 that are the same on every machine (32-bit integer hash). */
export function draw(index: number): number {
  let a = Math.imul(index ^ 0x5bd1e995, 0x9e3779b1);
  a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  a = Math.imul(a ^ (a >>> 15), 0x846ca68b);
  return ((a ^ (a >>> 16)) >>> 0) / 2147483648 - 1;
}

function smoothNoise(x: number, y: number, seed: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const ease = (t: number) => t * t * t * (t * (t * 6 - 15) + 10);
  const fx = ease(x - ix);
  const fy = ease(y - iy);
  const at = (cx: number, cy: number) =>
    draw(Math.imul(cx, 73856093) ^ Math.imul(cy, 19349663) ^ Math.imul(seed, 83492791));
  const top = at(ix, iy) * (1 - fx) + at(ix + 1, iy) * fx;
  const bottom = at(ix, iy + 1) * (1 - fx) + at(ix + 1, iy + 1) * fx;
  return top * (1 - fy) + bottom * fy;
}

/** An endless texture with detail from 48 down to 3 pixels. */
export function textured(seed: number): Scene {
  return (x, y) => {
    let value = 0;
    for (let octave = 0; octave < 5; octave++) {
      const f = 2 ** octave / 48;
      value += 0.72 ** octave * smoothNoise(x * f, y * f, seed * 7 + octave);
    }
    return 128 + 90 * Math.tanh(1.3 * value);
  };
}

/** A photo as a scene: Catmull-Rom between its pixels (the photo is `scale` times finer than the scene), mirrored beyond its edges. */
export function photographed(photo: Picture, scale: number): Scene {
  const mirror = (i: number, n: number) => {
    const period = 2 * n - 2;
    const k = ((i % period) + period) % period;
    return k < n ? k : period - k;
  };
  const weights = (t: number) => [
    t * (-0.5 + t * (1 - 0.5 * t)),
    1 + t * t * (1.5 * t - 2.5),
    t * (0.5 + t * (2 - 1.5 * t)),
    t * t * (0.5 * t - 0.5),
  ];
  return (sx, sy) => {
    const x = sx * scale;
    const y = sy * scale;
    const ix = Math.floor(x);
    const iy = Math.floor(y);
    const wx = weights(x - ix);
    const wy = weights(y - iy);
    let sum = 0;
    for (let r = 0; r < 4; r++) {
      const row = mirror(iy + r - 1, photo.height) * photo.width;
      for (let c = 0; c < 4; c++) sum += wy[r] * wx[c] * photo.luma[row + mirror(ix + c - 1, photo.width)];
    }
    return sum;
  };
}

/** Shift in pixels, rotation in degrees and zoom about the frame's centre. */
export function cameraMotion(
  width: number,
  height: number,
  x: number,
  y: number,
  degrees: number,
  zoom: number,
): Homography {
  const angle = (degrees * Math.PI) / 180;
  const c = zoom * Math.cos(angle);
  const s = zoom * Math.sin(angle);
  const centreX = (width - 1) / 2;
  const centreY = (height - 1) / 2;
  return composeHomographies(
    translationHomography(centreX, centreY),
    Float64Array.of(c, -s, x, s, c, y, 0, 0, 1),
    translationHomography(-centreX, -centreY),
  );
}

/** An object that hides part of the scene and moves by itself. */
export interface Mover {
  readonly scene: Scene;
  /** Fraction of the frame's area that it covers, in the middle. */
  readonly area: number;
  readonly x: number;
  readonly y: number;
}

/** What a camera sees: four samples a pixel, `view` maps the scene to the picture; grain from a fixed seed. */
export function shoot(
  scene: Scene,
  width: number,
  height: number,
  view: Homography,
  mover?: Mover,
  grain = 1,
): Picture {
  const back = invertHomography(view);
  const half = mover ? Math.sqrt(mover.area) / 2 : 0;
  const luma = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const [dx, dy] of [
        [-0.25, -0.25],
        [0.25, -0.25],
        [-0.25, 0.25],
        [0.25, 0.25],
      ]) {
        const ox = x + dx - (mover?.x ?? 0);
        const oy = y + dy - (mover?.y ?? 0);
        if (mover && Math.abs(ox / width - 0.5) < half && Math.abs(oy / height - 0.5) < half)
          sum += mover.scene(ox, oy);
        else sum += scene(...applyHomography(back, x + dx, y + dy));
      }
      luma[y * width + x] = sum / 4 + grain * 1.5 * draw(y * width + x + Math.round(view[2] * 4099));
    }
  }
  return { width, height, luma };
}
