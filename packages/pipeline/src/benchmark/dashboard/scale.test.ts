import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearScale, logScale } from './scale.js';

describe('linearScale', () => {
  it('reaches to round numbers', () => {
    const scale = linearScale(0.83, 0.86, 0, 100);
    expect(scale.ticks).toEqual([0.83, 0.84, 0.85, 0.86]);
    expect([scale(0.83), scale(0.86)]).toEqual([expect.closeTo(0), expect.closeTo(100)]);
  });

  it('holds whatever it was made for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        (min, span) => {
          const scale = linearScale(min, min + span, 10, 90);
          expect(scale(min)).toBeGreaterThanOrEqual(9.99);
          expect(scale(min + span)).toBeLessThanOrEqual(90.01);
          expect(scale.ticks.length).toBeGreaterThan(1);
          expect(scale.ticks.length).toBeLessThan(12);
        },
      ),
    );
  });
});

describe('logScale', () => {
  it('makes equal ratios equal lengths', () => {
    const scale = logScale(0.1, 10, 0, 100);
    expect(scale.ticks).toEqual([0.1, 0.2, 0.5, 1, 2, 5, 10]);
    expect(scale(1)).toBeCloseTo(50);
    expect(scale(2) - scale(1)).toBeCloseTo(scale(0.2) - scale(0.1));
  });

  it('holds whatever it was made for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e4, noNaN: true }),
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        (min, ratio) => {
          const scale = logScale(min, min * ratio, 10, 90);
          expect(scale(min)).toBeGreaterThanOrEqual(9.99);
          expect(scale(min * ratio)).toBeLessThanOrEqual(90.01);
          expect(scale.ticks.length).toBeGreaterThan(1);
        },
      ),
    );
  });
});
