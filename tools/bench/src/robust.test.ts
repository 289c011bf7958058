import { describe, expect, it } from 'vitest';
import type { Figures } from './gimbal.js';
import { problemsOf } from './robust.js';

const good: Figures = {
  cropping: 0.9,
  distortionP5: 0.99,
  distortionMin: 0.98,
  stabilityIn: 0.5,
  stability: 0.8,
  pathStabilityIn: 0.6,
  pathStability: 0.9,
  jitterIn: 2,
  jitter: 1,
  jitterRmsIn: 3,
  jitterRms: 2,
  borderShare: 0,
  borderLargest: 0,
  unmatched: 0,
  lostPairs: 0,
};

describe('problemsOf', () => {
  it('passes a good run, and one whose borders were there before', () => {
    expect(problemsOf(good, 0)).toEqual([]);
    expect(problemsOf({ ...good, borderShare: 0.4 }, 0.5)).toEqual([]);
  });

  it('names a collapsed crop, a new border, and jitter that rose or vanished', () => {
    expect(problemsOf({ ...good, cropping: 0.49 }, 0)).toEqual(['collapsed crop']);
    expect(problemsOf({ ...good, cropping: Number.NaN }, 0)).toEqual(['collapsed crop']);
    expect(problemsOf({ ...good, borderShare: 0.01 }, 0)).toEqual(['visible border']);
    expect(problemsOf({ ...good, jitter: 2.1 }, 0)).toEqual(['jitter rose']);
    expect(problemsOf({ ...good, jitter: null }, 0)).toEqual(['jitter rose']);
  });
});
