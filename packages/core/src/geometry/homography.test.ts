import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everyday, everydayHomographies, homographyOf, motions, sizes, within } from '../../test/arbitraries.js';
import {
  applyHomography,
  composeHomographies,
  cornerError,
  determinant,
  frameCorners,
  identityHomography,
  invertHomography,
  multiplyHomographies,
  normalizeHomography,
  rescaleHomography,
  scalingHomography,
  translationHomography,
} from './homography.js';

describe('homography algebra', () => {
  it('applies a product as one map after the other', () => {
    const pairs = fc.record({
      size: sizes,
      a: motions(everyday),
      b: motions(everyday),
      x: within(0, 1),
      y: within(0, 1),
    });
    fc.assert(
      fc.property(pairs, ({ size, a, b, x, y }) => {
        const [ha, hb] = [homographyOf(a, size), homographyOf(b, size)];
        const point = [x * (size.width - 1), y * (size.height - 1)] as const;
        const stepwise = applyHomography(ha, ...applyHomography(hb, ...point));
        const at = applyHomography(multiplyHomographies(ha, hb), ...point);
        expect(Math.hypot(at[0] - stepwise[0], at[1] - stepwise[1])).toBeLessThan(1e-7);
      }),
    );
  });

  it('undoes a map with its inverse', () => {
    fc.assert(
      fc.property(everydayHomographies, ({ size, h }) => {
        expect(cornerError(multiplyHomographies(invertHomography(h), h), identityHomography(), size)).toBeLessThan(
          1e-7,
        );
      }),
    );
  });

  it('composes many maps from the last to the first', () => {
    const [x, y] = applyHomography(composeHomographies(translationHomography(1, 2), scalingHomography(3, 5)), 10, 100);
    expect([x, y]).toEqual([31, 502]);
  });

  it('has determinants that multiply', () => {
    const [a, b] = [Float64Array.of(1, 2, 3, 0, 1, 4, 5, 6, 0), scalingHomography(2, 7)];
    expect(determinant(a)).toBe(1);
    expect(determinant(multiplyHomographies(a, b))).toBeCloseTo(14, 12);
  });

  it('normalizes to h[8] = 1 without changing the map', () => {
    const h = Float64Array.of(2, 0, 4, 0, 2, 6, 0, 0, 2);
    expect(Array.from(normalizeHomography(h))).toEqual([1, 0, 2, 0, 1, 3, 0, 0, 1]);
  });

  it('refuses matrices that are no map of the plane', () => {
    expect(() => invertHomography(new Float64Array(9))).toThrow(/invertible/);
    expect(() => invertHomography(Float64Array.of(1, 0, 0, 0, Number.NaN, 0, 0, 0, 1))).toThrow(/invertible/);
    expect(() => normalizeHomography(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0))).toThrow(/h\[8\]/);
    expect(() => normalizeHomography(Float64Array.of(1, Number.NaN, 0, 0, 1, 0, 0, 0, 1))).toThrow(
      /nine finite numbers/,
    );
  });

  it('names the centres of the corner pixels clockwise', () => {
    expect(Array.from(frameCorners({ width: 4, height: 3 }))).toEqual([0, 0, 3, 0, 3, 2, 0, 2]);
  });

  it('measures the mean corner distance', () => {
    expect(cornerError(translationHomography(3, 4), identityHomography(), { width: 8, height: 8 })).toBe(5);
  });
});

describe('rescaleHomography', () => {
  it('is undone by the way back', () => {
    fc.assert(
      fc.property(everydayHomographies, sizes, ({ size, h }, other) => {
        const back = rescaleHomography(rescaleHomography(h, size, other), other, size);
        expect(cornerError(back, h, size)).toBeLessThan(1e-6);
      }),
    );
  });

  it('keeps the half pixel between grids: the edge of the picture stays the edge', () => {
    // A map that scales by 2 about the outer corner (−0.5, −0.5) does so at every resolution.
    const about = composeHomographies(
      translationHomography(-0.5, -0.5),
      scalingHomography(2),
      translationHomography(0.5, 0.5),
    );
    const rescaled = rescaleHomography(about, { width: 100, height: 80 }, { width: 50, height: 20 });
    expect(cornerError(rescaled, about, { width: 50, height: 20 })).toBeLessThan(1e-12);
  });

  it('scales translations', () => {
    const half = rescaleHomography(translationHomography(8, 6), { width: 100, height: 80 }, { width: 50, height: 20 });
    expect([half[2], half[5]]).toEqual([4, 1.5]);
  });
});
