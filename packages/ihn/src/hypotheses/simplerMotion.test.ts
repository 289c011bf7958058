import { composeHomographies, cornerError, translationHomography } from '@gimbal/core/geometry';
import { expect, test } from 'vitest';
import { simplerMotions } from './simplerMotion.js';

const size = { width: 640, height: 360 };
const angle = 0.03;
const turn = Float64Array.of(
  1.02 * Math.cos(angle),
  -1.02 * Math.sin(angle),
  5,
  1.02 * Math.sin(angle),
  1.02 * Math.cos(angle),
  -8,
  0,
  0,
  1,
);

test('a similarity is its own closest similarity', () => {
  const found = simplerMotions(turn, size, undefined);
  expect(cornerError(found?.similarity as Float64Array, turn, size)).toBeLessThan(1e-9);
});

test('a shift is its own closest similarity and translation', () => {
  const shift = translationHomography(3, -4);
  const found = simplerMotions(shift, size, undefined);
  expect(cornerError(found?.similarity as Float64Array, shift, size)).toBeLessThan(1e-9);
  expect(cornerError(found?.translation as Float64Array, shift, size)).toBeLessThan(1e-9);
});

test('the translation is that of the frame’s middle', () => {
  const about = composeHomographies(translationHomography(319.5, 179.5), turn, translationHomography(-319.5, -179.5));
  const { translation } = simplerMotions(about, size, undefined) ?? {};
  expect(translation?.[2]).toBeCloseTo(5, 9);
  expect(translation?.[5]).toBeCloseTo(-8, 9);
});

test('only what moves with the camera counts', () => {
  // Perspective that only the lower half shows: seen from the upper half alone, nothing moves much.
  const tilted = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 4e-4, 1);
  const upper = { cells: 2, data: Float32Array.of(1, 1, 0, 0) };
  const all = simplerMotions(tilted, size, undefined)?.translation as Float64Array;
  const top = simplerMotions(tilted, size, upper)?.translation as Float64Array;
  expect(Math.abs(top[5])).toBeLessThan(Math.abs(all[5]) / 2);
});

test('without anything that moves there is none', () => {
  expect(simplerMotions(turn, size, { cells: 1, data: Float32Array.of(0) })).toBeUndefined();
});
