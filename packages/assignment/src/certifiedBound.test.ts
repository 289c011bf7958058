import { expect, it } from 'vitest';
import { certifiedBound } from './certifiedBound.js';

it('is the dual value of the prices', () => {
  const costs = Int32Array.of(9, 2, 7, 8, 6, 4, 3, 7, 5, 8, 1, 8);
  expect(certifiedBound(costs, new Float64Array(4))).toBe(2 + 3 + 1);
  expect(certifiedBound(costs, Float64Array.of(0, 0, 3, 0))).toBe(2 + 4 + 4 - 3);
  expect(certifiedBound(costs, Float64Array.of(0, 0, 3, 0), 2)).toBe(2 + 4 + 4 - 6);
  expect(certifiedBound(Int32Array.of(1), Float64Array.of(0.5))).toBe(1);
});

it('refuses what proves nothing', () => {
  expect(() => certifiedBound(Int32Array.of(1, 2), Float64Array.of(0, -1))).toThrow(/negative/);
  expect(() => certifiedBound(Int32Array.of(1, 2, 3), Float64Array.of(0, 0))).toThrow(/whole rows of 2/);
});
