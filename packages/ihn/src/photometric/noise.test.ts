import { expect, test } from 'vitest';
import { draw, texture } from '../../test/scene.js';
import { denoised, noiseLevel } from './noise.js';

const SIDE = 128;
const every = (value: (i: number) => number) => Float32Array.from({ length: SIDE * SIDE }, (_, i) => value(i));
/** Of standard deviation 1: the sum of three uniform numbers. */
const noise = (i: number) => draw(3 * i) + draw(3 * i + 1) + draw(3 * i + 2);
const scene = every((i) => texture(2, i % SIDE, Math.floor(i / SIDE)));
const inside = new Float32Array(SIDE * SIDE);

test('the noise of a picture is measured beside what it shows', () => {
  for (const sigma of [2, 5, 12]) {
    const level = noiseLevel(
      every((i) => scene[i] + sigma * noise(i)),
      inside,
      SIDE,
    );
    expect(level / sigma).toBeGreaterThan(0.85);
    expect(level / sigma).toBeLessThan(1.25);
  }
  expect(
    noiseLevel(
      every(() => 100),
      inside,
      SIDE,
    ),
  ).toBe(0.3);
});

test('what is cut off at the end of the range does not pass for the absence of noise', () => {
  const white = (i: number) => i % SIDE < SIDE / 2;
  const picture = every((i) => (white(i) ? 255 : scene[i] + 5 * noise(i)));
  const level = noiseLevel(
    picture,
    every((i) => (white(i) ? 1 : 0)),
    SIDE,
  );
  expect(level).toBeGreaterThan(4);
  expect(level).toBeLessThan(7);
});

test('noise is taken out, and detail left where it stands out', () => {
  const noisy = every((i) => scene[i] + 8 * noise(i));
  const error = (picture: Float32Array) =>
    Math.sqrt(picture.reduce((sum, value, i) => sum + (value - scene[i]) ** 2, 0) / picture.length);
  expect(
    error(
      denoised(
        noisy,
        every(() => 64),
        SIDE,
      ),
    ),
  ).toBeLessThan(0.6 * error(noisy));
  const kept = denoised(
    scene,
    every(() => 0.01),
    SIDE,
  );
  expect(error(kept)).toBeLessThan(0.1);
});
