import { budgetConstraints, cropBudget, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { expect, it } from 'vitest';
import { speedRange } from './speedRange.js';

const SIZE = PARAMETERS_PER_FRAME;
const budget = cropBudget({ width: 640, height: 360 }, 0.15);
const constraints = budgetConstraints(budget);
const bounds = { constraints, limits: constraints.limits };
const times = Float64Array.from({ length: 300 }, (_, i) => i / 30);
const path = (x: (t: number) => number): Float64Array =>
  Float64Array.from({ length: times.length * SIZE }, (_, k) => (k % SIZE === 0 ? x(times[Math.trunc(k / SIZE)]) : 0));

it('is the speed of a camera without its shake, about each instant', async () => {
  const standPanStand = path((t) => 60 * Math.min(4, Math.max(0, t - 3)) + 3 * Math.sin(14 * t));
  const { least, most } = speedRange(times, standPanStand, bounds, { sigma: 0.4, reach: 0.4 });
  const at = (t: number): number[] => [least[Math.round(30 * t) * SIZE], most[Math.round(30 * t) * SIZE]];
  expect(at(1.4).map((v) => Math.abs(Math.round(v)))).toEqual([0, 0]);
  expect(at(5).map((v) => Math.round(v))).toEqual([60, 60]);
  const [low, high] = at(3);
  expect(low).toBeLessThan(15);
  expect(high).toBeGreaterThan(45);
});

it('smooths less where the budget does not reach as far', async () => {
  // Swings by 150 px, of which the budget allows 48, twice in three seconds.
  const swing = path((t) => 150 * Math.sin(4.2 * t));
  const { most } = speedRange(times, swing, bounds, { sigma: 0.6, reach: 0.6 });
  const middle = most[150 * SIZE];
  expect(middle).toBeGreaterThan(0.6 * 150 * 4.2);
  expect(middle).toBeLessThan(150 * 4.2);
});
