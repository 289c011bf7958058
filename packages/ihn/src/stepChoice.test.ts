import { expect, test } from 'vitest';
import { chosenStep, isSettled, lastOfEachStride } from './stepChoice.js';

const order = [8, 8, 8, 8, 4, 4, 2, 1];
const spreads = (four: number, two: number, one: number) => [2, 1, 1, 1, 1, four, two, one];

test('the finest step answers where its expected error is the smallest, or grew only once', () => {
  expect(chosenStep(order, spreads(0.3, 0.1, 0.03))).toBe(7);
  expect(chosenStep(order, spreads(0.3, 0.5, 0.4))).toBe(7);
  expect(chosenStep(order, spreads(0.3, 0.3, 0.9))).toBe(7);
});

test('stride 4 answers where both finer strides expect more, and it is precise itself', () => {
  expect(chosenStep(order, spreads(0.3, 0.5, 0.9))).toBe(5);
  expect(chosenStep([8, 4, 4, 2, 1, 1], [1, 1, 0.3, 0.5, 2, 0.9])).toBe(2);
  expect(chosenStep(order, spreads(1.5, 2, 3))).toBe(7);
});

test('of fewer strides, or spreads that are no numbers, the last step answers', () => {
  expect(chosenStep([8, 8, 4], [0.1, 1, 3])).toBe(2);
  expect(chosenStep([8, 4, 2], [0.1, 1, 3])).toBe(2);
  expect(chosenStep(order, spreads(Number.NaN, 1, 2))).toBe(7);
});

test('the last step of each stride', () => {
  expect(lastOfEachStride(order)).toEqual([3, 5, 6, 7]);
  expect(lastOfEachStride([])).toEqual([]);
});

test('a coarse stride is done with once a step moved no corner by much and the network is sure', () => {
  const moved = (x: number, y = 0) => Float32Array.of(x, y, 0, 0, 0, 0, 0, 0);
  const rest = new Float32Array(8);
  expect(isSettled(8, rest, moved(2), 0.5)).toBe(true);
  expect(isSettled(8, rest, moved(2, 2), 0.5)).toBe(false);
  expect(isSettled(8, rest, moved(2), 0.9)).toBe(false);
  expect(isSettled(4, rest, moved(1), 0.3)).toBe(true);
  expect(isSettled(4, rest, moved(2), 0.3)).toBe(false);
  expect(isSettled(8, rest, moved(Number.NaN), 0.5)).toBe(false);
  expect(isSettled(8, rest, rest, Number.NaN)).toBe(false);
  for (const fine of [2, 1]) expect(isSettled(fine, rest, rest, 0.01)).toBe(false);
});
