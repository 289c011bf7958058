import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import { localLinear } from './signal/localLinear.js';
import { rtsSmoothing } from './signal/rtsSmoothing.js';

const SIZE = PARAMETERS_PER_FRAME;
const times = Float64Array.from({ length: 900 }, (_, i) => i / 30);

/** What is left of a cosine of `frequency` Hz, measured in the middle of the clip. */
function gain(frequency: number, smooth: (values: Float64Array) => Float64Array): number {
  const values = new Float64Array(times.length * SIZE);
  times.forEach((t, i) => {
    values.fill(Math.cos(2 * Math.PI * frequency * (t - 15)), i * SIZE, i * SIZE + SIZE);
  });
  return smooth(values)[450 * SIZE + 3];
}

describe('localLinear', () => {
  it.each([0.1, 0.25, 0.4])('has the frequency response of a Gaussian at %s Hz', (frequency) => {
    const measured = gain(frequency, (values) => localLinear(times, values, 0.6));
    expect(measured).toBeCloseTo(Math.exp(-0.5 * (2 * Math.PI * frequency * 0.6) ** 2), 3);
  });
});

describe('rtsSmoothing', () => {
  it.each([0.1, 0.25, 0.4])('has the frequency response 1 / (1 + (ω tau)⁴) at %s Hz', (frequency) => {
    const ones = new Float64Array(times.length).fill(1);
    const measured = gain(frequency, (values) => rtsSmoothing(times, values, ones, 0.5));
    expect(measured).toBeCloseTo(1 / (1 + (2 * Math.PI * frequency * 0.5) ** 4), 3);
  });

  it('believes a frame less the lower its confidence', () => {
    const values = new Float64Array(times.length * SIZE);
    values[450 * SIZE] = 10;
    const peak = (confidence: number): number => {
      const trust = new Float64Array(times.length).fill(1);
      trust[450] = confidence;
      return rtsSmoothing(times, values, trust, 0.1)[450 * SIZE];
    };
    expect(peak(0.1)).toBeLessThan(0.3 * peak(1));
  });
});
