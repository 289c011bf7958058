import { expect, test } from 'vitest';
import { solvePositiveDefinite } from './solvePositiveDefinite.js';

test('solves a positive definite system', () => {
  // (4, 2, 1; 2, 5, 3; 1, 3, 6) · (1, −2, 3)
  const right = Float64Array.of(3, 1, 13);
  expect(solvePositiveDefinite(Float64Array.of(4, 0, 0, 2, 5, 0, 1, 3, 6), right)).toBe(true);
  for (const [i, value] of [1, -2, 3].entries()) expect(right[i]).toBeCloseTo(value, 12);
});

test('says so where a system is not', () => {
  expect(solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toBe(false);
  expect(solvePositiveDefinite(Float64Array.of(Number.NaN), Float64Array.of(1))).toBe(false);
});
