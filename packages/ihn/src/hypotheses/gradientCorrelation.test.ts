import { identityHomography, translationHomography } from '@gimbal/core/geometry';
import { expect, test } from 'vitest';
import { texture } from '../../test/scene.js';
import { bestShift, gradients, warpedCorrelation } from './gradientCorrelation.js';

const SIDE = 64;
const picture = (seed: number, dx = 0, dy = 0): Float32Array =>
  Float32Array.from({ length: SIDE * SIDE }, (_, i) =>
    texture(seed, 4 * ((i % SIDE) - dx), 4 * (Math.floor(i / SIDE) - dy)),
  );

test('pictures are alike under the map between them only', () => {
  const first = gradients(picture(1), SIDE);
  const second = picture(1, 6, -4);
  expect(warpedCorrelation(first, second, SIDE, translationHomography(6, -4)).whole).toBeGreaterThan(0.98);
  expect(warpedCorrelation(first, second, SIDE, identityHomography()).whole).toBeLessThan(0.4);
  expect(warpedCorrelation(first, picture(2), SIDE, identityHomography()).whole).toBeLessThan(0.45);
});

test('brightness does not matter', () => {
  const darker = picture(1).map((level) => 20 + level / 2);
  expect(warpedCorrelation(gradients(picture(1), SIDE), darker, SIDE, identityHomography()).whole).toBeGreaterThan(
    0.95,
  );
});

test('what hardly overlaps is not alike, and flat pictures are not either', () => {
  const first = gradients(picture(1), SIDE);
  expect(warpedCorrelation(first, picture(1, 60), SIDE, translationHomography(60, 0)).whole).toBe(0);
  const flat = new Float32Array(SIDE * SIDE).fill(80);
  expect(warpedCorrelation(gradients(flat, SIDE), flat, SIDE, identityHomography()).whole).toBeCloseTo(0, 9);
});

test('the best shift is found up to half the picture', () => {
  const small = (dx: number, dy: number) =>
    Float32Array.from({ length: 1024 }, (_, i) => texture(3, 8 * ((i % 32) - dx), 8 * (Math.floor(i / 32) - dy)));
  expect(bestShift(small(0, 0), small(13, -5), 32)).toMatchObject({ x: 13, y: -5 });
  expect(bestShift(small(0, 0), small(0, 0), 32)).toEqual({ x: 0, y: 0, correlation: expect.closeTo(1, 5) });
  const other = Float32Array.from({ length: 1024 }, (_, i) => texture(9, 8 * (i % 32), 8 * Math.floor(i / 32)));
  expect(bestShift(small(0, 0), other, 32).correlation).toBeLessThan(0.5);
});

test('what moves by itself does not count where it is known', () => {
  const second = picture(1).map((level, i) => (i % SIDE < SIDE / 3 ? picture(2)[i] : level));
  const weights = Float32Array.from(second, (_, i) => (i % SIDE < SIDE / 3 ? 0 : 1));
  const { whole, inliers } = warpedCorrelation(
    gradients(picture(1), SIDE),
    second,
    SIDE,
    identityHomography(),
    weights,
  );
  expect(whole).toBeLessThan(0.85);
  expect(inliers).toBeGreaterThan(0.95);
});
