import { expect, it } from 'vitest';
import { draws } from './draws.js';
import { drawStarPolygon, factorForCount, gauge } from './starPolygon.js';

it('the gauge is 1 on the outline, grows with the distance, and is the same on both sides of a corner', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const polygon = drawStarPolygon(draws(seed));
    for (let i = 0; i < polygon.length; i += 2) {
      const j = (i + 2) % polygon.length;
      const [x, y] = [(polygon[i] + 2 * polygon[j]) / 3, (polygon[i + 1] + 2 * polygon[j + 1]) / 3];
      expect(gauge(polygon, x, y)).toBeCloseTo(1, 12);
      expect(gauge(polygon, 2.5 * x, 2.5 * y)).toBeCloseTo(2.5, 12);
      expect(gauge(polygon, polygon[i], polygon[i + 1])).toBeCloseTo(1, 12);
    }
    expect(gauge(polygon, 0, 0)).toBe(0);
  }
});

it('finds the factor for a count, or says that there is none', () => {
  expect(factorForCount(Float64Array.of(3, 1, 2), 2)).toBe(2.5);
  expect(() => factorForCount(Float64Array.of(3, 1, 1), 1)).toThrow(RangeError);
});
