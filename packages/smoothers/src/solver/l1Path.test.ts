import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import { tautString } from '../signal/tautString.js';
import { type DerivativeCosts, l1Path } from './l1Path.js';

const SIZE = PARAMETERS_PER_FRAME;
const RADIUS = 3;

/** Every parameter within ±RADIUS of the path, on its own. */
function box(): { rows: number; coefficients: Float64Array; limits: Float64Array } {
  const coefficients = new Float64Array(2 * SIZE * SIZE);
  for (let j = 0; j < SIZE; j++) {
    coefficients[2 * j * SIZE + j] = 1;
    coefficients[(2 * j + 1) * SIZE + j] = -1;
  }
  return { rows: 2 * SIZE, coefficients, limits: new Float64Array(2 * SIZE).fill(RADIUS) };
}

const times = Float64Array.from({ length: 80 }, (_, i) => (i + 0.3 * Math.sin(i)) / 30);
const path = new Float64Array(times.length * SIZE);
times.forEach((t, i) => {
  for (let j = 0; j < SIZE; j++) path[i * SIZE + j] = 12 * Math.sin(2 * t + j) + 2 * Math.sin(40 * t + j * i);
});

function solve(costs: DerivativeCosts): Float64Array {
  const constraints = box();
  return l1Path(times, path, constraints, constraints.limits, costs);
}

/** Two minutes of slow pans and shaking, ten frames a second. */
function longPath(): { times: Float64Array; path: Float64Array } {
  const times = Float64Array.from({ length: 1200 }, (_, i) => i / 10);
  const path = new Float64Array(times.length * SIZE);
  times.forEach((t, i) => {
    for (let j = 0; j < SIZE; j++)
      path[i * SIZE + j] = 9 * Math.sin(0.3 * t + j) + 1.5 * Math.sin(7.3 * t * (1 + j / 9));
  });
  return { times, path };
}

function parameter(values: Float64Array, j: number): Float64Array {
  return Float64Array.from(times, (_, i) => values[i * SIZE + j]);
}

function variation(values: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < values.length; i++) sum += Math.abs(values[i] - values[i - 1]);
  return sum;
}

describe('l1Path', () => {
  it('with a cost on the first derivative alone has as little variation as any path in the tube', async () => {
    const solved = solve([1, 0, 0]);
    for (let j = 0; j < SIZE; j++) {
      const own = parameter(path, j);
      const ends = parameter(solved, j);
      const lower = own.map((value) => value - RADIUS);
      const upper = own.map((value) => value + RADIUS);
      for (const i of [0, times.length - 1]) lower[i] = upper[i] = ends[i];
      // The taut string between the same ends has the least total variation of all paths in the tube.
      expect(variation(ends)).toBeLessThan(variation(tautString(times, lower, upper)) * 1.001 + 1e-3);
    }
  });

  it('stays within the limits', async () => {
    const solved = solve([10, 1 / 30, 1 / 9]);
    solved.forEach((value, k) => {
      expect(Math.abs(value - path[k])).toBeLessThanOrEqual(RADIUS);
    });
  });

  it('solves a long path in windows as well as in one piece, without a seam', async () => {
    const { times, path } = longPath();
    const constraints = box();
    const costs: DerivativeCosts = [10, 1 / 30, 1 / 9];
    const by = (solvedSeconds: number) =>
      l1Path(times, path, constraints, constraints.limits, costs, { solvedSeconds });
    const whole = by(Number.POSITIVE_INFINITY);
    const windows = by(40);
    windows.forEach((value, k) => {
      expect(Math.abs(value - path[k])).toBeLessThanOrEqual(RADIUS);
    });
    for (let j = 0; j < SIZE; j++) {
      const own = (values: Float64Array) => Float64Array.from(times, (_, i) => values[i * SIZE + j]);
      expect(totalCost(own(windows), costs, times)).toBeLessThan(totalCost(own(whole), costs, times) * 1.002);
    }
  });

  it('does not find a cheaper path in any random direction', async () => {
    const costs: DerivativeCosts = [10, 1 / 30, 1 / 9];
    const solved = solve(costs);
    const least = totalCost(parameter(solved, 0), costs);
    for (let trial = 0; trial < 50; trial++) {
      const own = parameter(solved, 0).map((value, i) => {
        const moved = value + 0.2 * Math.sin((0.1 + 0.06 * trial) * i + trial);
        return Math.min(path[i * SIZE] + RADIUS, Math.max(path[i * SIZE] - RADIUS, moved));
      });
      expect(totalCost(own, costs)).toBeGreaterThan(least * 0.999);
    }
  });
});

/** The objective by Newton's divided differences, computed step by step. */
function totalCost(values: Float64Array, costs: DerivativeCosts, at: Float64Array = times): number {
  let table = Array.from(values);
  let sum = 0;
  let factorial = 1;
  for (let order = 1; order <= 3; order++) {
    factorial *= order;
    table = table.slice(1).map((value, i) => (value - table[i]) / (at[i + order] - at[i]));
    table.forEach((value, i) => {
      sum += (costs[order - 1] * Math.abs(factorial * value) * (at[i + order] - at[i])) / order;
    });
  }
  return sum;
}
