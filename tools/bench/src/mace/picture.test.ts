import { expect, it } from 'vitest';
import { resizeBilinear, sampleBilinear } from './picture.js';

const picture = { width: 3, height: 2, luma: Uint8Array.of(0, 10, 20, 100, 110, 120) };

it('samples between pixels and mirrors beyond the edges', () => {
  expect(sampleBilinear(picture, 1, 1)).toBe(110);
  expect(sampleBilinear(picture, 0.25, 0.5)).toBe(52.5);
  expect(sampleBilinear(picture, -1, 0)).toBe(10);
  expect(sampleBilinear(picture, 3, 2)).toBe(10);
  expect(sampleBilinear(picture, 2, 1)).toBe(120);
});

it('resizes with coinciding pixel areas', () => {
  expect(resizeBilinear(picture, picture)).toEqual(picture);
  const twice = resizeBilinear(picture, { width: 6, height: 4 });
  // Quarters between the centres, held at the edges.
  expect([...twice.luma.subarray(0, 6)]).toEqual([0, 3, 8, 13, 18, 20]);
});
