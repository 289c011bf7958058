import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import { pathJitter } from './pathJitter.js';

const SIZE = PARAMETERS_PER_FRAME;
const path = (n: number, x: (i: number) => number): Float64Array =>
  Float64Array.from({ length: n * SIZE }, (_, k) => (k % SIZE === 0 ? x(Math.trunc(k / SIZE)) : 0));
const even = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i / 30);

describe('pathJitter', () => {
  it('is the second difference of a shift over the eight coordinates, at 640 wide', () => {
    // Back and forth by 1 px: the speed changes by 4 px every frame, in x only.
    const { median, rms } = pathJitter(
      even(50),
      path(50, (i) => (i % 2 === 0 ? 1 : -1)),
      { width: 1280, height: 720 },
    );
    expect(median).toBeCloseTo((4 / Math.SQRT2 / 1280) * 640, 9);
    expect(rms).toBeCloseTo(median, 9);
  });

  it('is none for an even pan, also across frames that are missing', () => {
    const times = Float64Array.of(0, 1, 2, 3, 6, 7, 8).map((t) => t / 30);
    const pan = path(7, (i) => 90 * times[i]);
    expect(pathJitter(times, pan, { width: 640, height: 360 }).rms).toBeCloseTo(0, 9);
  });
});
