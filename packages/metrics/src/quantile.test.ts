import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantile } from './quantile.js';

test('interpolates between neighbours', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([4, 1, 2, 3], 0.5)).toBe(2.5);
  expect(quantile([0, 10], 0.05)).toBeCloseTo(0.5, 12);
  expect(quantile([], 0.5)).toBeNaN();
});

test('rises with q and stays among the numbers', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const answers = [0, 0.05, 0.5, 0.9, 1].map((q) => quantile(values, q));
      expect(answers).toEqual([...answers].sort((a, b) => a - b));
      expect(answers[0]).toBeCloseTo(Math.min(...values), 12);
      expect(answers[4]).toBeCloseTo(Math.max(...values), 12);
    }),
  );
});
