import type { HostFrame } from '@gimbal/core';
import { frameOf } from './scene.js';

/** The pairs of `tools/fixtures/agreement.py`: 32-bit integer arithmetic alone, so that both make the same pictures. */
export function fixedPair(k: number): [HostFrame, HostFrame] {
  const [shiftX, shiftY] = [((k * 7) % 25) - 12, ((k * 11) % 21) - 10];
  const [shearX, shearY] = [((k * 5) % 13) - 6, ((k * 3) % 11) - 5];
  const size = { width: 128, height: 128 };
  const moved = (x: number, y: number) => level(x + shiftX + ((y * shearX) >> 7), y + shiftY + ((x * shearY) >> 7), k);
  return [
    frameOf(size, (x, y) => level(x, y, k)),
    frameOf(size, (x, y) => (k % 3 === 2 ? (moved(x, y) * 3) >> 2 : moved(x, y))),
  ];
}

function level(x: number, y: number, seed: number): number {
  let total = 0;
  [
    [5, 7],
    [4, 4],
    [3, 3],
    [2, 2],
  ].forEach(([bits, weight], octave) => {
    const cell = 1 << bits;
    const [ix, iy, fx, fy] = [x >> bits, y >> bits, x & (cell - 1), y & (cell - 1)];
    const s = seed * 4 + octave;
    const top = mix(ix, iy, s) * (cell - fx) + mix(ix + 1, iy, s) * fx;
    const bottom = mix(ix, iy + 1, s) * (cell - fx) + mix(ix + 1, iy + 1, s) * fx;
    total += weight * ((top * (cell - fy) + bottom * fy) >> (2 * bits));
  });
  return total >> 4;
}

function mix(x: number, y: number, seed: number): number {
  const h = Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(seed, 83492791);
  const mixed = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 12)) >>> 24;
}
