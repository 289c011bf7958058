import type { Size } from '@gimbal/core';

/** A gray picture of 8 bits, row by row without gaps. */
export interface Picture extends Size {
  readonly luma: Uint8Array;
}

/**
 * Brightness at a place between pixels, bilinear; pixel centres on integers. The plane beyond the picture is its mirror image (the
 * outermost pixels are not repeated), so that what several frames see of it agrees.
 */
export function sampleBilinear({ width, height, luma }: Picture, x: number, y: number): number {
  let left = Math.floor(x);
  let top = Math.floor(y);
  const fx = x - left;
  const fy = y - top;
  let right = left + 1;
  let bottom = top + 1;
  if (left < 0 || right >= width) {
    left = mirrored(left, width);
    right = mirrored(right, width);
  }
  if (top < 0 || bottom >= height) {
    top = mirrored(top, height);
    bottom = mirrored(bottom, height);
  }
  const upper = luma[top * width + left] * (1 - fx) + luma[top * width + right] * fx;
  const lower = luma[bottom * width + left] * (1 - fx) + luma[bottom * width + right] * fx;
  return upper * (1 - fy) + lower * fy;
}

function mirrored(i: number, n: number): number {
  const period = 2 * n - 2;
  const k = ((i % period) + period) % period;
  return k < n ? k : period - k;
}

/**
 * Bilinear without prefilter, as the published protocols resize: pixel areas coincide (`(x + ½) · ratio − ½`), coordinates are held within the
 * picture, samples rounded to 8 bits.
 */
export function resizeBilinear(picture: Picture, { width, height }: Size): Picture {
  const luma = new Uint8Array(width * height);
  const place = (i: number, from: number, to: number) => Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
  for (let y = 0; y < height; y++) {
    const sy = place(y, picture.height, height);
    for (let x = 0; x < width; x++) {
      luma[y * width + x] = Math.round(sampleBilinear(picture, place(x, picture.width, width), sy));
    }
  }
  return { width, height, luma };
}
