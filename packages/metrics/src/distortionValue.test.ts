import { scalingHomography, translationHomography } from '@gimbal/core/geometry';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distortionValue, eigenvalueRatio, singularValueRatio } from './distortionValue.js';

const finite = fc.double({ min: -2, max: 2, noNaN: true });

test('similarities are undistorted', () => {
  const angle = 0.4;
  const similarity = Float64Array.of(
    2 * Math.cos(angle),
    -2 * Math.sin(angle),
    5,
    2 * Math.sin(angle),
    2 * Math.cos(angle),
    7,
    0,
    0,
    1,
  );
  for (const map of [scalingHomography(1.3), translationHomography(3, 4), similarity]) {
    expect(eigenvalueRatio(map)).toBeCloseTo(1, 12);
    expect(singularValueRatio(map)).toBeCloseTo(1, 12);
  }
});

test('an anisotropic scale is its ratio in both', () => {
  expect(eigenvalueRatio(scalingHomography(1, 0.8))).toBeCloseTo(0.8, 12);
  expect(singularValueRatio(scalingHomography(1, 0.8))).toBeCloseTo(0.8, 12);
});

test('a shear shows in the singular values only', () => {
  const shear = Float64Array.of(1, 0.2, 0, 0, 1, 0, 0, 0, 1);
  expect(eigenvalueRatio(shear)).toBeCloseTo(1, 12);
  // σ = √(1 + s²/4) ± s/2
  expect(singularValueRatio(shear)).toBeCloseTo((Math.sqrt(1.01) - 0.1) / (Math.sqrt(1.01) + 0.1), 12);
});

test('eigenvalues and singular values agree with their invariants', () => {
  fc.assert(
    fc.property(finite, finite, finite, finite, (a, b, c, d) => {
      const map = Float64Array.of(a, b, 0, c, d, 0, 0, 0, 1);
      const [eigen, singular] = [eigenvalueRatio(map), singularValueRatio(map)];
      expect(eigen).toBeGreaterThanOrEqual(0);
      expect(eigen).toBeLessThanOrEqual(1);
      // Weyl: the largest eigenvalue's modulus does not exceed the largest singular value, so its ratio is not below.
      expect(singular).toBeLessThanOrEqual(eigen + 1e-6);
      // σ1·σ2 = |det| and σ1² + σ2² = ‖A‖², hence r / (1 + r²) = |det| / ‖A‖².
      const norm = a * a + b * b + c * c + d * d;
      fc.pre(norm > 1e-6);
      expect(singular / (1 + singular * singular)).toBeCloseTo(Math.abs(a * d - b * c) / norm, 6);
    }),
  );
});

test('one bad frame in a hundred is the minimum but not the 5th percentile', () => {
  const maps = Array.from({ length: 100 }, (_, i) => scalingHomography(1, i === 50 ? 0.3 : 0.99));
  const { eigenvalue, singular } = distortionValue(maps);
  expect(eigenvalue.min).toBeCloseTo(0.3, 12);
  expect(eigenvalue.p5).toBeCloseTo(0.99, 12);
  expect(singular.min).toBeCloseTo(0.3, 12);
  expect(singular.p5).toBeCloseTo(0.99, 12);
});

test('no frame has no distortion value', () => {
  expect(() => distortionValue([])).toThrowError(/at least one aligned frame/);
});
