import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tautString } from './tautString.js';

const cases = fc
  .array(fc.record({ gap: fc.double({ min: 0.1, max: 2, noNaN: true }), value: fc.integer({ min: -20, max: 20 }) }), {
    minLength: 3,
    maxLength: 40,
  })
  .map((steps) => {
    let time = 0;
    const times = Float64Array.from(steps, ({ gap }) => {
      time += gap;
      return time;
    });
    return { times, values: Float64Array.from(steps, ({ value }) => value) };
  });

function tube(values: Float64Array, radius: number): { lower: Float64Array; upper: Float64Array } {
  const lower = values.map((value) => value - radius);
  const upper = values.map((value) => value + radius);
  const last = values.length - 1;
  lower[0] = upper[0] = values[0];
  lower[last] = upper[last] = values[last];
  return { lower, upper };
}

function lengthOf(times: Float64Array, values: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < times.length; i++) sum += Math.hypot(times[i] - times[i - 1], values[i] - values[i - 1]);
  return sum;
}

/** Shortest path by coordinate descent: every point onto the line between its neighbours, clamped; slow, and certain to converge. */
function shortest(times: Float64Array, lower: Float64Array, upper: Float64Array): Float64Array {
  const string = lower.map((value, i) => (value + upper[i]) / 2);
  for (let round = 0; round < 20_000; round++) {
    let moved = 0;
    for (let i = 1; i + 1 < times.length; i++) {
      const share = (times[i] - times[i - 1]) / (times[i + 1] - times[i - 1]);
      const straight = string[i - 1] + share * (string[i + 1] - string[i - 1]);
      const next = Math.min(upper[i], Math.max(lower[i], straight));
      moved = Math.max(moved, Math.abs(next - string[i]));
      string[i] = next;
    }
    if (moved < 1e-13) break;
  }
  return string;
}

describe('tautString', () => {
  it('is the shortest path through the tube', () =>
    fc.assert(
      fc.asyncProperty(cases, fc.double({ min: 0, max: 15, noNaN: true }), async ({ times, values }, radius) => {
        const { lower, upper } = tube(values, radius);
        const string = tautString(times, lower, upper);
        for (let i = 0; i < times.length; i++) {
          expect(string[i]).toBeGreaterThanOrEqual(lower[i] - 1e-9);
          expect(string[i]).toBeLessThanOrEqual(upper[i] + 1e-9);
        }
        expect(lengthOf(times, string)).toBeLessThan(lengthOf(times, shortest(times, lower, upper)) + 1e-7);
      }),
    ));

  it('is the straight line when the tube is wide', async () => {
    const times = Float64Array.of(0, 1, 3, 4);
    const { lower, upper } = tube(Float64Array.of(0, 5, -5, 8), 100);
    expect(Array.from(tautString(times, lower, upper))).toEqual([0, 2, 6, 8]);
  });

  it('takes an empty path and a single point', async () => {
    const empty = new Float64Array(0);
    expect(tautString(empty, empty, empty)).toHaveLength(0);
    expect(Array.from(tautString(Float64Array.of(1), Float64Array.of(7), Float64Array.of(7)))).toEqual([7]);
  });
});
