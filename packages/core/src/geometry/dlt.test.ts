import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everydayHomographies, within } from '../../test/arbitraries.js';
import { fitHomography } from './dlt.js';
import { homographyFromCorners } from './fourCorner.js';
import { applyHomography, cornerError, frameCorners, type Homography } from './homography.js';

/** A cols × rows lattice over the frame and its image. */
function lattice(h: Homography, size: { width: number; height: number }, n: number): [Float64Array, Float64Array] {
  const from = new Float64Array(2 * n * n);
  for (let k = 0; k < n * n; k++) {
    from[2 * k] = ((k % n) / (n - 1)) * (size.width - 1);
    from[2 * k + 1] = (Math.floor(k / n) / (n - 1)) * (size.height - 1);
  }
  const to = new Float64Array(from.length);
  for (let k = 0; k < n * n; k++) to.set(applyHomography(h, from[2 * k], from[2 * k + 1]), 2 * k);
  return [from, to];
}

describe('fitHomography', () => {
  it('finds the homography behind exact points', () => {
    fc.assert(
      fc.property(everydayHomographies, ({ size, h }) => {
        const [from, to] = lattice(h, size, 5);
        expect(cornerError(fitHomography(from, to), h, size)).toBeLessThan(1e-6);
      }),
    );
  });

  it('agrees with the closed form on four points', () => {
    fc.assert(
      fc.property(everydayHomographies, ({ size, h }) => {
        const [from, to] = lattice(h, size, 2);
        const order = [0, 1, 3, 2].flatMap((k) => [2 * k, 2 * k + 1]);
        const corners = frameCorners(size);
        const closed = homographyFromCorners(
          corners,
          order.map((i) => to[i]),
        );
        expect(cornerError(fitHomography(from, to), closed, size)).toBeLessThan(1e-6);
      }),
    );
  });

  it('averages noise: the error stays below the noise of a single point', () => {
    const noise = fc.array(within(-0.5, 0.5), { minLength: 200, maxLength: 200 });
    fc.assert(
      fc.property(everydayHomographies, noise, ({ size, h }, shifts) => {
        const [from, to] = lattice(h, size, 10);
        const noisy = to.map((value, i) => value + shifts[i]);
        expect(cornerError(fitHomography(from, noisy), h, size)).toBeLessThan(1.5);
      }),
      { numRuns: 50 },
    );
  });

  it('ignores points without weight', () => {
    fc.assert(
      fc.property(everydayHomographies, fc.integer({ min: 0, max: 24 }), ({ size, h }, wrong) => {
        const [from, to] = lattice(h, size, 5);
        to[2 * wrong] += 300;
        const weights = Array.from({ length: 25 }, (_, k) => (k === wrong ? 0 : 2));
        expect(cornerError(fitHomography(from, to, weights), h, size)).toBeLessThan(1e-6);
      }),
    );
  });

  it('treats a weight of two as the same point twice', () => {
    const from = [0, 0, 100, 0, 100, 80, 0, 80, 50, 40];
    const to = [1, 2, 103, 1, 99, 83, -2, 79, 52, 40];
    const twice = fitHomography([...from, 50, 40], [...to, 52, 40]);
    const weighted = fitHomography(from, to, [1, 1, 1, 1, 2]);
    expect(cornerError(twice, weighted, { width: 101, height: 81 })).toBeLessThan(1e-9);
  });

  it('refuses points that determine no homography', () => {
    const square = [0, 0, 1, 0, 1, 1, 0, 1];
    const onLine = [0, 0, 1, 1, 2, 2, 3, 3];
    const threeOnLine = [0, 0, 1, 0, 2, 0, 0, 1];
    const message = /do not determine a homography/;
    expect(() => fitHomography(onLine, onLine)).toThrow(message);
    expect(() => fitHomography(threeOnLine, threeOnLine)).toThrow(message);
    expect(() => fitHomography(square, [5, 5, 5, 5, 5, 5, 5, 5])).toThrow(message);
    expect(() => fitHomography(square, onLine)).toThrow(message);
    expect(() => fitHomography(square, square, [1, 1, 1, 0])).toThrow(/The 3 point pairs/);
    expect(() => fitHomography(square, square, [0, 0, 0, 0])).toThrow(/The 0 point pairs/);
  });

  it('refuses arguments that do not fit together', () => {
    const square = [0, 0, 1, 0, 1, 1, 0, 1];
    expect(() => fitHomography(square.slice(2), square.slice(2))).toThrow(/at least four point pairs/);
    expect(() => fitHomography(square, square.slice(2))).toThrow(/received 8 and 6 numbers/);
    expect(() => fitHomography(square, square, [1, 1])).toThrow(/and 2 weights/);
    expect(() => fitHomography(square, square, [1, 1, -1, 1])).toThrow(/point 2 .* weight -1/);
    expect(() => fitHomography(square, [0, 0, 1, 0, Number.POSITIVE_INFINITY, 1, 0, 1])).toThrow(/point 2/);
  });
});
