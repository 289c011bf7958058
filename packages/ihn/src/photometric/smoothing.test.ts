import { expect, test } from 'vitest';
import { neighbourhoodMean, smoothed } from './smoothing.js';

const SIDE = 12;
const at = (x: number, y: number) => y * SIDE + x;
const point = (x: number, y: number) => {
  const picture = new Float32Array(SIDE * SIDE);
  picture[at(x, y)] = 256;
  return picture;
};

test('a point becomes the spline, its taps as far apart as asked', () => {
  const near = smoothed(point(6, 6), SIDE, 1);
  expect([near[at(6, 6)], near[at(7, 6)], near[at(6, 8)], near[at(4, 4)], near[at(9, 6)]]).toEqual([36, 24, 6, 1, 0]);
  const far = smoothed(point(6, 6), SIDE, 2);
  expect([far[at(6, 6)], far[at(8, 6)], far[at(7, 6)], far[at(6, 10)]]).toEqual([36, 24, 0, 6]);
});

test('nothing is lost at the rim', () => {
  for (const spacing of [1, 2, 4]) {
    expect(smoothed(point(0, 11), SIDE, spacing).reduce((sum, value) => sum + value)).toBeCloseTo(256, 3);
    for (const value of smoothed(new Float32Array(SIDE * SIDE).fill(7), SIDE, spacing)) expect(value).toBeCloseTo(7, 5);
  }
});

test('a neighbourhood is averaged as far as it lies within the picture', () => {
  const mean = neighbourhoodMean(point(1, 1), SIDE, 1);
  expect([mean[at(1, 1)], mean[at(2, 2)], mean[at(3, 1)]]).toEqual(
    [256 / 9, 256 / 9, 0].map((v) => expect.closeTo(v, 3)),
  );
  expect(mean[at(0, 0)]).toBeCloseTo(64, 3);
  expect(mean[at(1, 0)]).toBeCloseTo(256 / 6, 3);
});
