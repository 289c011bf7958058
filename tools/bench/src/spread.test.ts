import { describe, expect, it } from 'vitest';
import { median, spread } from './spread.js';

describe('median', () => {
  it('is the middle value, or the mean of the middle two', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 10])).toBe(3.5);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('spread', () => {
  it('keeps the extremes beside the median', () => {
    expect(spread([2, 9, 4])).toEqual({ median: 4, min: 2, max: 9, runs: 3 });
  });
});
