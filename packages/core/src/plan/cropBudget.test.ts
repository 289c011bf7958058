import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizes, within } from '../../test/arbitraries.js';
import { applyHomography, identityHomography, translationHomography } from '../geometry/homography.js';
import { parameterRadius, parametersToHomography } from '../geometry/motionParameters.js';
import { budgetConstraints, cropBudget, cropWindowCorners, distortionLimit, staysInside } from './cropBudget.js';

const size = { width: 101, height: 61 };

describe('cropBudget', () => {
  it('refuses fractions and distortions that mean nothing', () => {
    expect(() => cropBudget(size, 1)).toThrow(/\[0, 1\), received 1/);
    expect(() => cropBudget(size, -0.1)).toThrow(/received -0.1/);
    expect(() => cropBudget(size, Number.NaN)).toThrow(/received NaN/);
    expect(() => cropBudget(size, 0.1, -1)).toThrow(/must not be negative, received -1/);
    expect(cropBudget(size, 0.1)).toEqual({ size, maxCrop: 0.1, maxDistortion: 0.02 });
  });

  it('shows a centred window', () => {
    expect(Array.from(cropWindowCorners(cropBudget(size, 0.2)))).toEqual([10, 6, 90, 6, 90, 54, 10, 54]);
    expect(Array.from(cropWindowCorners(cropBudget(size, 0)))).toEqual([0, 0, 100, 0, 100, 60, 0, 60]);
  });
});

describe('staysInside', () => {
  const budget = cropBudget(size, 0.2);

  it('is exact at the border', () => {
    expect(staysInside(identityHomography(), budget)).toBe(true);
    expect(staysInside(translationHomography(10, -6), budget)).toBe(true);
    expect(staysInside(translationHomography(10.001, 0), budget)).toBe(false);
    expect(staysInside(translationHomography(10.001, 0), budget, 0.01)).toBe(true);
    expect(staysInside(translationHomography(0, -6.001), budget)).toBe(false);
  });

  it('refuses a map that folds the window through the horizon, or is not finite', () => {
    expect(staysInside(Float64Array.of(1, 0, 0, 0, 1, 0, -1 / 50, 0, 1), budget)).toBe(false);
    expect(staysInside(new Float64Array(9).fill(Number.NaN), budget)).toBe(false);
  });

  it('agrees with walking along the whole border of the window', () => {
    const shares = fc.array(within(-0.15, 0.15), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(sizes, shares, within(0.02, 0.4), (frame, p, maxCrop) => {
        const own = cropBudget(frame, maxCrop);
        const h = parametersToHomography(
          p.map((share) => share * parameterRadius(frame)),
          frame,
        );
        const corners = cropWindowCorners(own);
        let outside = 0;
        for (let k = 0; k < 4; k++) {
          for (let s = 0; s <= 1; s += 1 / 16) {
            const next = ((k + 1) % 4) * 2;
            const x = corners[2 * k] + s * (corners[next] - corners[2 * k]);
            const y = corners[2 * k + 1] + s * (corners[next + 1] - corners[2 * k + 1]);
            const [px, py] = applyHomography(h, x, y);
            outside = Math.max(outside, -px, -py, px - frame.width + 1, py - frame.height + 1);
          }
        }
        if (Math.abs(outside) > 1e-5) expect(staysInside(h, own)).toBe(outside < 0);
      }),
    );
  });
});

describe('budgetConstraints', () => {
  const values = (coefficients: Float64Array, d: ArrayLike<number>): number[] =>
    Array.from({ length: coefficients.length / 8 }, (_, row) => {
      let sum = 0;
      for (let i = 0; i < 8; i++) sum += coefficients[row * 8 + i] * d[i];
      return sum;
    });

  it('agrees to first order with where the corners of the window really go', () => {
    const step = 1e-4;
    const directions = fc.array(within(-1, 1), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(sizes, directions, within(0, 0.9), (frame, direction, maxCrop) => {
        const budget = cropBudget(frame, maxCrop);
        const { coefficients } = budgetConstraints(budget);
        const radius = parameterRadius(frame);
        const d = direction.map((value) => value * step * radius);
        const h = parametersToHomography(d, frame);
        const corners = cropWindowCorners(budget);
        const rows = values(coefficients, d);
        for (let k = 0; k < 4; k++) {
          const [x, y] = applyHomography(h, corners[2 * k], corners[2 * k + 1]);
          const outX = (x - corners[2 * k]) * (k === 1 || k === 2 ? 1 : -1);
          const outY = (y - corners[2 * k + 1]) * (k >= 2 ? 1 : -1);
          expect(Math.abs(rows[2 * k] - outX)).toBeLessThan(1e-6 * radius);
          expect(Math.abs(rows[2 * k + 1] - outY)).toBeLessThan(1e-6 * radius);
        }
      }),
    );
  });

  it('limits a pure translation to the margin of the window, exactly', () => {
    const budget = cropBudget(size, 0.2);
    const { rows, coefficients, limits } = budgetConstraints(budget);
    expect(rows).toBe(16);
    const inside = (d: number[]): boolean =>
      values(coefficients, d).every((value, row) => value <= limits[row] + 1e-12);
    for (const [d, expected] of [
      [[10, 0], true],
      [[-10, 6], true],
      [[10.01, 0], false],
      [[0, -6.01], false],
    ] as const) {
      const full = [...d, 0, 0, 0, 0, 0, 0];
      expect(inside(full)).toBe(expected);
      expect(staysInside(parametersToHomography(full, size), budget)).toBe(expected);
    }
  });

  it('limits stretch, skew and perspective so that the linear part is not bent beyond the distortion budget', () => {
    const shares = fc.array(within(-1, 1), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(sizes, shares, within(0.001, 0.2), (frame, shape, maxDistortion) => {
        const limit = distortionLimit(cropBudget(frame, 0.2, maxDistortion));
        const d = [0, 0, 0, 0, shape[0] * limit, shape[1] * limit, 0, 0];
        const [a, b, , c, e] = parametersToHomography(d, frame);
        const sum = Math.hypot(a + e, c - b);
        const difference = Math.hypot(a - e, b + c);
        // The limit bounds the logarithm: of the matrix itself the ratio is the exponential.
        expect((sum + difference) / (sum - difference)).toBeLessThanOrEqual(Math.exp(maxDistortion) * (1 + 1e-9));
      }),
    );
  });
});
