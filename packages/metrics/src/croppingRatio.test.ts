import type { Homography } from '@gimbal/core';
import { multiplyHomographies, scalingHomography, translationHomography } from '@gimbal/core/geometry';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { croppingRatio, homographyScale } from './croppingRatio.js';

const rotation = (angle: number): Homography =>
  Float64Array.of(Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0, 0, 0, 1);

test('a zoom in leaves its inverse of the picture', () => {
  expect(croppingRatio([scalingHomography(1.25)])).toBeCloseTo(0.8, 12);
  expect(croppingRatio([scalingHomography(1.25), scalingHomography(1)])).toBeCloseTo(0.9, 12);
});

test('a zoom out is not better than no crop', () => {
  expect(croppingRatio([scalingHomography(0.5)])).toBe(1);
});

test('no frame has no cropping ratio', () => {
  expect(() => croppingRatio([])).toThrowError(/at least one aligned frame/);
});

test('the scale ignores rotation and translation', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.3, max: 3, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
      (zoom, angle) => {
        const map = multiplyHomographies(
          translationHomography(17, -4),
          multiplyHomographies(rotation(angle), scalingHomography(zoom)),
        );
        expect(homographyScale(map)).toBeCloseTo(zoom, 9);
      },
    ),
  );
});
