import type { HostFrame } from '@gimbal/core';

/** Planar 4:2:0 of 8 bits in one piece of memory: luma, U, V, without padding. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A copy of an 8-bit 4:2:0 frame. */
export function pictureOf({ planes, width, height }: HostFrame): Picture {
  const total = planes.reduce((sum, plane) => sum + plane.width * plane.height, 0);
  const data = new Uint8Array(total);
  let at = 0;
  for (const plane of planes) {
    for (let y = 0; y < plane.height; y++, at += plane.width) {
      data.set(plane.data.subarray(y * plane.stride, y * plane.stride + plane.width), at);
    }
  }
  return { width, height, data };
}

/** The mean of two pictures, rounded. */
export function blend(a: Picture, b: Picture): Picture {
  return { ...a, data: a.data.map((value, i) => (value + b.data[i] + 1) >> 1) };
}

/** PSNR of red, green and blue together (BT.601, studio range; chroma repeated), in dB. */
export function rgbPsnr(a: Picture, b: Picture): number {
  const { width, height } = a;
  const [cw, ch] = [(width + 1) >> 1, (height + 1) >> 1];
  const u = width * height;
  const v = u + cw * ch;
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const c = (y >> 1) * cw + (x >> 1);
      const [la, lb] = [1.1644 * (a.data[i] - 16), 1.1644 * (b.data[i] - 16)];
      const [ua, ub] = [a.data[u + c] - 128, b.data[u + c] - 128];
      const [va, vb] = [a.data[v + c] - 128, b.data[v + c] - 128];
      const red = clamp(la + 1.596 * va) - clamp(lb + 1.596 * vb);
      const green = clamp(la - 0.3918 * ua - 0.813 * va) - clamp(lb - 0.3918 * ub - 0.813 * vb);
      const blue = clamp(la + 2.0172 * ua) - clamp(lb + 2.0172 * ub);
      sum += red * red + green * green + blue * blue;
    }
  }
  return -10 * Math.log10(Math.max(sum / (3 * width * height) / 255 ** 2, 1e-10));
}

const clamp = (value: number) => (value < 0 ? 0 : value > 255 ? 255 : value);

/** Mean of luma. */
export function meanLuma({ width, height, data }: Picture): number {
  let sum = 0;
  for (let i = 0; i < width * height; i++) sum += data[i];
  return sum / (width * height);
}

/** Mean squared difference of luma to the right and lower neighbour. */
export function gradientEnergy({ width, height, data }: Picture): number {
  let sum = 0;
  for (let y = 0; y + 1 < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const i = y * width + x;
      sum += (data[i + 1] - data[i]) ** 2 + (data[i + width] - data[i]) ** 2;
    }
  }
  return sum / ((width - 1) * (height - 1));
}

export const mean = (numbers: readonly number[]): number =>
  numbers.length === 0 ? Number.NaN : numbers.reduce((a, b) => a + b, 0) / numbers.length;
