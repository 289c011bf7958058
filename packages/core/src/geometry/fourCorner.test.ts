import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everydayHomographies, sizes, within } from '../../test/arbitraries.js';
import { homographyFromCorners } from './fourCorner.js';
import { applyHomography, cornerError, frameCorners, identityHomography } from './homography.js';

function images(h: Float64Array, corners: Float64Array): Float64Array {
  const out = new Float64Array(8);
  for (let k = 0; k < 4; k++) out.set(applyHomography(h, corners[2 * k], corners[2 * k + 1]), 2 * k);
  return out;
}

describe('homographyFromCorners', () => {
  it('finds the homography that moved the corners', () => {
    fc.assert(
      fc.property(everydayHomographies, ({ size, h }) => {
        const corners = frameCorners(size);
        expect(cornerError(homographyFromCorners(corners, images(h, corners)), h, size)).toBeLessThan(1e-8);
      }),
    );
  });

  it('carries any four corners, each moved by up to a third of the frame, onto their targets', () => {
    const moves = fc.array(within(-1 / 3, 1 / 3), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(sizes, moves, moves, (size, first, second) => {
        const corners = frameCorners(size);
        const moved = (shifts: number[]): Float64Array =>
          corners.map((value, i) => value + shifts[i] * (i % 2 === 0 ? size.width : size.height));
        const [from, to] = [moved(first), moved(second)];
        let found: Float64Array;
        try {
          found = homographyFromCorners(from, to);
        } catch {
          fc.pre(false);
          return;
        }
        const horizon = [0, 1, 2, 3].map((k) => found[6] * from[2 * k] + found[7] * from[2 * k + 1] + 1);
        fc.pre(Math.min(...horizon.map(Math.abs)) > 1e-3);
        const error = images(found, from).map((value, i) => Math.abs(value - to[i]));
        expect(Math.max(...error)).toBeLessThan(1e-5);
      }),
    );
  });

  it('gives the identity, exactly, for corners that stay', () => {
    const corners = frameCorners({ width: 641, height: 361 });
    const h = homographyFromCorners(corners, corners);
    expect(Array.from(h, (value) => value + 0)).toEqual(Array.from(identityHomography()));
  });

  it('accepts plain arrays and scales', () => {
    const h = homographyFromCorners([0, 0, 1, 0, 1, 1, 0, 1], [5, 7, 9, 7, 9, 9, 5, 9]);
    expect(Array.from(h, (value) => value + 0)).toEqual([4, 0, 5, 0, 2, 7, 0, 0, 1]);
  });

  it('refuses quads that determine nothing', () => {
    const square = [0, 0, 1, 0, 1, 1, 0, 1];
    expect(() => homographyFromCorners([0, 0, 1, 0, 2, 0, 0, 1], square)).toThrow(/No three corners of `from`/);
    expect(() => homographyFromCorners(square, [0, 0, 0, 0, 1, 1, 0, 1])).toThrow(/No three corners of `to`/);
    expect(() => homographyFromCorners(square, [3, 3, 3, 3, 3, 3, 3, 3])).toThrow(/No three corners of `to`/);
    expect(() => homographyFromCorners(square, [0, 0, 1, 0, 1, 1])).toThrow(/four corners as eight finite numbers/);
    expect(() => homographyFromCorners([0, 0, Number.NaN, 0, 1, 1, 0, 1], square)).toThrow(/`from` needs four corners/);
  });
});
