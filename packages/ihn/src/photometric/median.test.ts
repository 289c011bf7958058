import { expect, test } from 'vitest';
import { median } from './median.js';

test('the middle of numbers in whatever order, which stay in it', () => {
  const values = Float32Array.of(10, -3, 9);
  expect(median(values)).toBe(9);
  expect([...values]).toEqual([10, -3, 9]);
  expect(median(Float32Array.of(4, 1))).toBe(4);
  expect(median(new Float32Array())).toBeNaN();
});
