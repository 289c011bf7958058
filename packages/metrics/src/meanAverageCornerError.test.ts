import { identityHomography, translationHomography } from '@gimbal/core/geometry';
import { expect, test } from 'vitest';
import { meanAverageCornerError } from './meanAverageCornerError.js';

const size = { width: 640, height: 360 };

test('averages the corners’ distance over the pairs', () => {
  const estimated = [translationHomography(3, 4), identityHomography()];
  const truth = [identityHomography(), identityHomography()];
  expect(meanAverageCornerError(estimated, truth, size)).toBeCloseTo(2.5, 12);
});

test('refuses lists that do not fit', () => {
  expect(() => meanAverageCornerError([], [], size)).toThrowError(/received 0 and 0/);
  expect(() => meanAverageCornerError([identityHomography()], [], size)).toThrowError(/received 1 and 0/);
});
