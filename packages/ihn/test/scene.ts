import { GRAY, type Homography, type HostFrame, type Size } from '@gimbal/core';
import { applyHomography, invertHomography } from '@gimbal/core/geometry';
import { allocateHostFrame } from '@gimbal/native';

/** Numbers −1..1 that are the same on every machine (32-bit integer hash). */
export function draw(index: number): number {
  let a = Math.imul(index ^ 0x5bd1e995, 0x9e3779b1);
  a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  a = Math.imul(a ^ (a >>> 15), 0x846ca68b);
  return ((a ^ (a >>> 16)) >>> 0) / 2147483648 - 1;
}

/** An endless texture, 0..255, with detail from 64 down to 8 pixels. */
export function texture(seed: number, x: number, y: number): number {
  let value = 0;
  for (let octave = 0; octave < 4; octave++) {
    const f = 2 ** octave / 64;
    value += 0.75 ** octave * smoothNoise(x * f, y * f, seed * 7 + octave);
  }
  return 128 + 90 * Math.tanh(1.3 * value);
}

function smoothNoise(x: number, y: number, seed: number): number {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const ease = (t: number) => t * t * t * (t * (t * 6 - 15) + 10);
  const [fx, fy] = [ease(x - ix), ease(y - iy)];
  const at = (cx: number, cy: number) =>
    draw(Math.imul(cx, 73856093) ^ Math.imul(cy, 19349663) ^ Math.imul(seed, 83492791));
  const top = at(ix, iy) * (1 - fx) + at(ix + 1, iy) * fx;
  return top + fy * (at(ix, iy + 1) * (1 - fx) + at(ix + 1, iy + 1) * fx - top);
}

const format = (bitDepth: number, shift: number) => ({ ...GRAY, bitDepth, shift });

/** A gray frame with `level(x, y)`, 0..255. */
export function frameOf(size: Size, level: (x: number, y: number) => number, bitDepth = 8, shift = 0): HostFrame {
  const frame = allocateHostFrame(format(bitDepth, shift), size, { time: 0, index: 0 });
  const { data, stride } = frame.planes[0];
  const view = new DataView(data.buffer, data.byteOffset);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const value = Math.min(Math.max(level(x, y), 0), 255);
      if (bitDepth === 8) data[y * stride + x] = Math.round(value);
      else view.setUint16(y * stride + 2 * x, Math.round((value / 255) * (2 ** bitDepth - 1)) << shift, true);
    }
  }
  return frame;
}

/** What a camera sees of a texture; `view` maps the texture's pixels to the frame's. */
export function shot(size: Size, seed: number, view: Homography, bitDepth = 8, shift = 0): HostFrame {
  const back = invertHomography(view);
  return frameOf(size, (x, y) => texture(seed, ...applyHomography(back, x, y)), bitDepth, shift);
}
