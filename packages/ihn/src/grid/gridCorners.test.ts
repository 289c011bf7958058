import type { Homography } from '@gimbal/core';
import { applyHomography, cornerError } from '@gimbal/core/geometry';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cornersAtRest, cornersOf, gridHomography, largestShift, toFrame, toGrid, toHalf } from './gridCorners.js';

const displacement = fc.double({ min: -24, max: 24, noNaN: true });
const corners = fc.array(displacement, { minLength: 8, maxLength: 8 });
const side = fc.integer({ min: 1, max: 4000 });

test('corners → homography → frame of any size → corners is exact', () => {
  fc.assert(
    fc.property(corners, side, side, (wanted, width, height) => {
      const map = gridHomography(wanted);
      fc.pre(map !== undefined);
      const found = cornersOf(toGrid(toFrame(map as Homography, { width, height }), { width, height }));
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i], 4);
      });
    }),
  );
});

test.each([
  [1920, 1080],
  [641, 357],
  [127, 129],
  [33, 3001],
])('at %i×%i the grid’s pixel x is the frame’s (x + ½)·W/128 − ½', (width, height) => {
  const wanted = [3, -2, 5.5, 1, -4, 2.25, 0.5, -6];
  const map = gridHomography(wanted) as Homography;
  const full = toFrame(map, { width, height });
  const toX = (x: number) => ((x + 0.5) * width) / 128 - 0.5;
  const toY = (y: number) => ((y + 0.5) * height) / 128 - 0.5;
  const at: readonly (readonly [number, number])[] = [
    [0, 0],
    [127, 0],
    [0, 127],
    [127, 127],
  ];
  at.forEach(([x, y], k) => {
    const [u, v] = applyHomography(full, toX(x), toY(y));
    expect(u).toBeCloseTo(toX(x + wanted[2 * k]), 8);
    expect(v).toBeCloseTo(toY(y + wanted[2 * k + 1]), 8);
  });
});

test('a frame of the grid’s own size is the grid', () => {
  const map = gridHomography([1, 2, 3, 4, 5, 6, 7, 8]) as Homography;
  expect(cornerError(toFrame(map, { width: 128, height: 128 }), map, { width: 128, height: 128 })).toBeLessThan(1e-9);
});

test('means of 2 × 2 lie half a pixel off', () => {
  const half = toHalf(gridHomography([4, 2, 4, 2, 4, 2, 4, 2]) as Homography);
  expect([...half]).toEqual([1, 0, 2, 0, 1, 1, 0, 0, 1].map((value) => expect.closeTo(value, 9)));
  const zoom = gridHomography([0, 0, 127, 0, 0, 127, 127, 127].map((value) => value / 4)) as Homography;
  const [x, y] = applyHomography(zoom, 2 * 10 + 0.5, 2 * 20 + 0.5);
  const [u, v] = applyHomography(toHalf(zoom), 10, 20);
  expect([2 * u + 0.5, 2 * v + 0.5]).toEqual([expect.closeTo(x, 9), expect.closeTo(y, 9)]);
});

test('the largest shift is that of the farthest corner', () => {
  expect(largestShift(gridHomography(cornersAtRest()) as Homography)).toBeCloseTo(0, 9);
  expect(largestShift(gridHomography([0, 0, 3, 4, 0, 0, 0, 1]) as Homography)).toBeCloseTo(5, 4);
});

test.each([
  ['mirrored', [127, 0, -127, 0, 127, 0, -127, 0]],
  ['folded', [90, 90, 0, 0, 0, 0, 0, 0]],
  ['collapsed', [0, 0, -100, 0, 0, 0, -100, 0]],
  ['blown up', [-100, -100, 100, -100, -100, 100, 100, 100]],
  ['not a number', [Number.NaN, 0, 0, 0, 0, 0, 0, 0]],
  ['infinite', [0, 0, 0, 0, 0, 0, Number.POSITIVE_INFINITY, 0]],
])('%s corners are nobody’s camera', (_name, wrong) => {
  expect(gridHomography(wrong)).toBeUndefined();
});
