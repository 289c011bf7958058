import { expect, it } from 'vitest';
import { displayMatrix, rotationOf } from './displayMatrix.js';

it.each([0, 90, 180, 270, 45])('a turn by %i degrees is read back', (degrees) => {
  expect(rotationOf(displayMatrix(degrees))).toBe(degrees);
});

it('nothing, or a matrix that flattens the picture, turns nothing', () => {
  expect(rotationOf(undefined)).toBe(0);
  expect(rotationOf(new Uint8Array(36))).toBe(0);
  expect(rotationOf(new Uint8Array(7))).toBe(0);
});
