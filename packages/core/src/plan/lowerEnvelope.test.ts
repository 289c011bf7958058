import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { within } from '../../test/arbitraries.js';
import { lowerEnvelope } from './lowerEnvelope.js';

/** Time stamps with uneven gaps, and a value for each. */
const series = fc
  .array(fc.record({ gap: within(0.001, 0.2), value: within(-100, 100) }), { minLength: 1, maxLength: 300 })
  .map((points) => {
    let time = 0;
    const times = Float64Array.from(points, ({ gap }) => {
      time += gap;
      return time;
    });
    return { times, values: Float64Array.from(points, ({ value }) => value) };
  });

describe('lowerEnvelope', () => {
  it('never exceeds the values', async () => {
    await fc.assert(
      fc.asyncProperty(series, within(0.01, 2), async ({ times, values }, radius) => {
        const envelope = lowerEnvelope(times, values, radius);
        for (let i = 0; i < values.length; i++) expect(envelope[i]).toBeLessThanOrEqual(values[i] + 1e-10);
      }),
    );
  });

  it('stays above the smallest value within twice the radius', async () => {
    await fc.assert(
      fc.asyncProperty(series, within(0.01, 2), async ({ times, values }, radius) => {
        const envelope = lowerEnvelope(times, values, radius);
        for (let i = 0; i < values.length; i++) {
          const near = values.filter((_, j) => Math.abs(times[j] - times[i]) <= 2 * radius + 1e-12);
          expect(envelope[i]).toBeGreaterThanOrEqual(Math.min(...near) - 1e-10);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves a constant alone', async () => {
    const times = Float64Array.from({ length: 50 }, (_, i) => i / 25);
    const envelope = lowerEnvelope(times, new Float64Array(50).fill(0.7), 0.5);
    for (const value of envelope) expect(value).toBeCloseTo(0.7, 14);
  });

  it('turns a single dip into a smooth valley that is gone after twice the radius', async () => {
    const times = Float64Array.from({ length: 400 }, (_, i) => i / 100);
    const values = new Float64Array(400).fill(1);
    values[200] = 0;
    const envelope = lowerEnvelope(times, values, 0.5);
    expect(envelope[200]).toBeCloseTo(0, 6);
    expect(envelope[99]).toBeCloseTo(1, 6);
    expect(envelope[301]).toBeCloseTo(1, 6);
    for (let i = 1; i < 400; i++) expect(Math.abs(envelope[i] - envelope[i - 1])).toBeLessThan(0.025);
  });
});
