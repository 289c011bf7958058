import { expect, it } from 'vitest';
import type { LumaImage } from '../image/lumaImage.js';
import { localDistortion } from './localDistortion.js';

/** A picture of the scene at (x, y) + move. */
function picture(move: (x: number, y: number) => readonly [number, number]): LumaImage {
  const [width, height] = [384, 216];
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x + move(x, y)[0], y + move(x, y)[1]];
      let value = 128;
      for (let k = 1; k <= 9; k++) {
        value += (70 / k) * Math.sin(0.031 * k ** 1.3 * u + 1.3 * k * k) * Math.cos(0.036 * k ** 1.3 * v - 0.7 * k);
        value += (60 / k) * Math.sin(0.02 * k ** 1.4 * (u + 0.6 * v) + k);
      }
      data[y * width + x] = value;
    }
  }
  return { width, height, data };
}

const largest = (values: number[]): number => Math.max(...values);

it('is nothing for the same picture, also enlarged and turned', () => {
  const still = picture(() => [0, 0]);
  expect(largest(localDistortion(still, still))).toBeLessThan(1e-3);
  const turned = picture((x, y) => [0.004 * (x - 192) + 0.01 * (y - 108), 0.004 * (y - 108) - 0.01 * (x - 192)]);
  expect(largest(localDistortion(still, turned))).toBeLessThan(3e-3);
});

it('is how far a part is bent', () => {
  const still = picture(() => [0, 0]);
  // Stretched by 2 % in x only: half of that is a change of scale.
  const stretched = picture((x) => [0.02 * (x - 192), 0]);
  const values = localDistortion(still, stretched).sort((a, b) => a - b);
  expect(values.length).toBeGreaterThan(8);
  expect(values[values.length >> 1]).toBeCloseTo(0.01, 2);
  expect(values[values.length >> 1]).toBeGreaterThan(0.008);
});
