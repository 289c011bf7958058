import { expect, test } from 'vitest';
import { chosenStep, hasConverged, lastOfEachStride } from './earlyStopping.js';

const order = [8, 8, 8, 8, 4, 4, 2, 1];
const expectedErrors = (four: number, two: number, one: number) => [2, 1, 1, 1, 1, four, two, one];

test('the finest step answers where its expected error is the smallest, or grew only once', () => {
  expect(chosenStep(order, expectedErrors(0.3, 0.1, 0.03))).toBe(7);
  expect(chosenStep(order, expectedErrors(0.3, 0.5, 0.4))).toBe(7);
  expect(chosenStep(order, expectedErrors(0.3, 0.3, 0.9))).toBe(7);
});

test('stride 4 answers where both finer strides expect more, and it is precise itself', () => {
  expect(chosenStep(order, expectedErrors(0.3, 0.5, 0.9))).toBe(5);
  expect(chosenStep([8, 4, 4, 2, 1, 1], [1, 1, 0.3, 0.5, 2, 0.9])).toBe(2);
  expect(chosenStep(order, expectedErrors(1.5, 2, 3))).toBe(7);
});

test('of fewer strides, or errors that are no numbers, the last step answers', () => {
  expect(chosenStep([8, 8, 4], [0.1, 1, 3])).toBe(2);
  expect(chosenStep([8, 4, 2], [0.1, 1, 3])).toBe(2);
  expect(chosenStep(order, expectedErrors(Number.NaN, 1, 2))).toBe(7);
});

test('the last step of each stride', () => {
  expect(lastOfEachStride(order)).toEqual([3, 5, 6, 7]);
  expect(lastOfEachStride([])).toEqual([]);
});

test('a coarse stride has converged once a step moved no corner by much and the predicted error is small', () => {
  const moved = (x: number, y = 0) => Float32Array.of(x, y, 0, 0, 0, 0, 0, 0);
  const rest = new Float32Array(8);
  expect(hasConverged(8, rest, moved(2), 0.5)).toBe(true);
  expect(hasConverged(8, rest, moved(2, 2), 0.5)).toBe(false);
  expect(hasConverged(8, rest, moved(2), 0.9)).toBe(false);
  expect(hasConverged(4, rest, moved(1), 0.3)).toBe(true);
  expect(hasConverged(4, rest, moved(2), 0.3)).toBe(false);
  expect(hasConverged(8, rest, moved(Number.NaN), 0.5)).toBe(false);
  expect(hasConverged(8, rest, rest, Number.NaN)).toBe(false);
  for (const fine of [2, 1]) expect(hasConverged(fine, rest, rest, 0.01)).toBe(false);
});
