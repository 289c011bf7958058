import { expect, it } from 'vitest';
import { draws } from './draws.js';

const many = (next: () => number, n = 20_000) => Array.from({ length: n }, next);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]) => mean(values.map((value) => value ** 2)) - mean(values) ** 2;

it('gives the same numbers for the same seed and others for another', () => {
  const of = (seed: number) => many(draws(seed).gaussian, 50);
  expect(of(7)).toEqual(of(7));
  expect(of(7)).not.toEqual(of(8));
  // A change of the generator would change every degraded pair.
  const { integer } = draws(1);
  expect(Array.from({ length: 4 }, () => integer(0, 0xffffffff))).toEqual([
    386760338, 4085389471, 2374737338, 1273138553,
  ]);
});

it('draws what it says', () => {
  const random = draws(3);
  const whole = many(() => random.integer(-2, 2));
  expect([...new Set(whole)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
  const uniform = many(() => random.uniform(2, 4));
  expect(mean(uniform)).toBeCloseTo(3, 1);
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(2);
  const gaussian = many(random.gaussian);
  expect(mean(gaussian)).toBeCloseTo(0, 1);
  expect(variance(gaussian)).toBeCloseTo(1, 1);
  for (const expected of [0.5, 4, 29, 200]) {
    const counts = many(() => random.poisson(expected));
    expect(Math.abs(mean(counts) / expected - 1)).toBeLessThan(0.05);
    expect(Math.abs(variance(counts) / expected - 1)).toBeLessThan(0.05);
  }
});
