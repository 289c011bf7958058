import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everydayHomographies, homographyOf, motions, sizes, within } from '../../test/arbitraries.js';
import {
  applyHomography,
  cornerError,
  frameCorners,
  identityHomography,
  invertHomography,
  multiplyHomographies,
  translationHomography,
} from './homography.js';
import {
  homographyToParameters,
  parameterFields,
  parameterRadius,
  parametersToHomography,
} from './motionParameters.js';

const large = motions({ degrees: 150, zoom: 3, stretch: 1.2, perspective: 0.15, move: 1 });

describe('the logarithm of a homography', () => {
  it('is undone by the exponential, up to 150° of turn, zoom by 3, perspective and a whole frame of movement', () => {
    fc.assert(
      fc.property(sizes, large, (size, motion) => {
        const h = homographyOf(motion, size);
        const p = homographyToParameters(h, size);
        expect(p).toBeDefined();
        const extent = Math.max(...images(h, size).map(Math.abs), size.width, size.height);
        expect(cornerError(parametersToHomography(p!, size), h, size) / extent).toBeLessThan(1e-8);
      }),
      { numRuns: 500 },
    );
  });

  it('undoes the exponential', () => {
    const parameters = fc.array(within(-0.3, 0.3), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(sizes, parameters, (size, shares) => {
        const p = shares.map((share) => share * parameterRadius(size));
        const back = homographyToParameters(parametersToHomography(p, size), size);
        expect(back).toBeDefined();
        for (let i = 0; i < 8; i++) expect(Math.abs(back![i] - p[i])).toBeLessThan(1e-8 * parameterRadius(size));
      }),
      { numRuns: 500 },
    );
  });

  it('is zero for the identity, and only there', () => {
    fc.assert(
      fc.property(everydayHomographies, ({ size, h }) => {
        expect(Math.hypot(...homographyToParameters(identityHomography(), size)!)).toBeLessThan(1e-11);
        const moved = cornerError(h, identityHomography(), size);
        const length = Math.hypot(...homographyToParameters(h, size)!);
        expect(length).toBeGreaterThan(moved / 20);
      }),
    );
  });

  it('turns its sign for the inverse', () => {
    fc.assert(
      fc.property(everydayHomographies, ({ size, h }) => {
        const p = homographyToParameters(h, size)!;
        const q = homographyToParameters(invertHomography(h), size)!;
        for (let i = 0; i < 8; i++) expect(Math.abs(p[i] + q[i])).toBeLessThan(1e-9 * parameterRadius(size));
      }),
    );
  });

  it('adds up along one motion: exp((s + t)·p) = exp(s·p)·exp(t·p)', () => {
    fc.assert(
      fc.property(everydayHomographies, within(-1, 1), within(-1, 1), ({ size, h }, s, t) => {
        const p = homographyToParameters(h, size)!;
        const part = (share: number): Float64Array =>
          parametersToHomography(
            p.map((value) => value * share),
            size,
          );
        expect(cornerError(multiplyHomographies(part(s), part(t)), part(s + t), size)).toBeLessThan(1e-7);
      }),
    );
  });

  it('adds up to second order where motions differ', () => {
    const small = motions({ degrees: 0.5, zoom: 1.01, stretch: 1.001, perspective: 0.001, move: 0.01 });
    fc.assert(
      fc.property(sizes, small, small, (size, a, b) => {
        const [ha, hb] = [homographyOf(a, size), homographyOf(b, size)];
        const [pa, pb] = [homographyToParameters(ha, size)!, homographyToParameters(hb, size)!];
        const sum = parametersToHomography(
          pa.map((value, i) => value + pb[i]),
          size,
        );
        const lengths = (Math.hypot(...pa) * Math.hypot(...pb)) / parameterRadius(size);
        expect(cornerError(sum, multiplyHomographies(ha, hb), size)).toBeLessThan(2 * lengths + 1e-9);
      }),
    );
  });

  it('does not exist for a mirror image or a matrix that is not invertible', () => {
    const size = { width: 64, height: 48 };
    expect(homographyToParameters(Float64Array.of(-1, 0, 63, 0, 1, 0, 0, 0, 1), size)).toBeUndefined();
    expect(homographyToParameters(Float64Array.of(1, 0, 0, 1, 0, 0, 0, 0, 1), size)).toBeUndefined();
    expect(homographyToParameters(new Float64Array(9).fill(Number.NaN), size)).toBeUndefined();
  });

  it('does not pretend to know one for half a turn', () => {
    const size = { width: 65, height: 49 };
    const half = Float64Array.of(-1, 0, 64, 0, -1, 48, 0, 0, 1);
    const p = homographyToParameters(half, size);
    expect(p).toBeUndefined();
  });
});

describe('the eight parameters', () => {
  const size = { width: 101, height: 81 };
  const r = parameterRadius(size);

  it('are what their names say', () => {
    const [x, y] = [50, 40];
    const image = (p: number[], px: number, py: number): number[] =>
      applyHomography(parametersToHomography(p, size), px, py);
    const moved = image([3, -2, 0, 0, 0, 0, 0, 0], x, y);
    expect(moved[0]).toBeCloseTo(53, 12);
    expect(moved[1]).toBeCloseTo(38, 12);
    const quarter = image([0, 0, (Math.PI / 2) * r, 0, 0, 0, 0, 0], x + 10, y);
    expect(quarter[0]).toBeCloseTo(x, 9);
    expect(quarter[1]).toBeCloseTo(y + 10, 9);
    expect(image([0, 0, 0, Math.log(2) * r, 0, 0, 0, 0], x + 10, y)[0]).toBeCloseTo(x + 20, 9);
    const stretched = image([0, 0, 0, 0, Math.log(2) * r, 0, 0, 0], x + 10, y + 10);
    expect(stretched[0]).toBeCloseTo(x + 20, 9);
    expect(stretched[1]).toBeCloseTo(y + 5, 9);
    expect(parametersToHomography([0, 0, 0, 0, 0, 0, 1, 0], size)[6]).toBeLessThan(0);
  });

  it('move points, to first order, along parameterFields', () => {
    const step = 1e-4;
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 7 }), within(-1, 1), within(-1, 1), (frame, i, u, v) => {
        const radius = parameterRadius(frame);
        const x = (frame.width - 1) / 2 + u * radius;
        const y = (frame.height - 1) / 2 + v * radius;
        const p = new Float64Array(8);
        p[i] = step * radius;
        const [px, py] = applyHomography(parametersToHomography(p, frame), x, y);
        const fields = parameterFields(u, v);
        expect(Math.abs((px - x) / (step * radius) - fields[i])).toBeLessThan(1e-3);
        expect(Math.abs((py - y) / (step * radius) - fields[8 + i])).toBeLessThan(1e-3);
      }),
    );
  });

  it('have a radius even where a frame has a single pixel', () => {
    expect(parameterRadius({ width: 1, height: 1 })).toBe(0.5);
    expect(parameterRadius({ width: 7, height: 9 })).toBe(5);
    const p = homographyToParameters(translationHomography(2, 0), { width: 1, height: 1 });
    expect(p?.[0]).toBeCloseTo(2, 9);
  });

  it('fill the array that is given', () => {
    const out = new Float64Array(16);
    expect(parameterFields(0.5, 0.25, out)).toBe(out);
  });
});

function images(h: Float64Array, size: { width: number; height: number }): number[] {
  const corners = frameCorners(size);
  return [0, 1, 2, 3].flatMap((k) => applyHomography(h, corners[2 * k], corners[2 * k + 1]));
}
