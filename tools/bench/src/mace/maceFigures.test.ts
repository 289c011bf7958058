import { expect, it } from 'vitest';
import { figuresOf, isUsable } from './maceFigures.js';
import type { Pair } from './pairList.js';

const pair: Pair = { bin: 'clean-8', photo: 1, x: 0, y: 0, offsets: [3, 4, 3, 4, 3, 4, 3, 4], seed: 0 };

it('counts what has no usable answer as identity, and says how many', () => {
  const off = (by: number) => pair.offsets.map((value, i) => value + (i % 2 ? 0 : by));
  const answers = [off(0), off(2), off(0.5), undefined, off(Number.NaN), off(100)];
  const figures = figuresOf(
    answers.map(() => pair),
    answers,
  );
  expect(figures).toEqual({
    pairs: 6,
    mean: (0 + 2 + 0.5 + 3 * 5) / 6,
    median: 3.5,
    p95: 5,
    over1: 4 / 6,
    over3: 3 / 6,
    unanswered: 3,
  });
});

it('knows mirrored and folded answers', () => {
  expect(isUsable([0, 0, 0, 0, 0, 0, 0, 0])).toBe(true);
  expect(isUsable([64, 0, -64, 0, -64, 0, 64, 0])).toBe(false);
  expect(isUsable([60, 60, 0, 0, -64, -64, 0, 0])).toBe(false);
});
