import { describe, expect, it } from 'vitest';
import { scalingHomography, translationHomography } from '../geometry/homography.js';
import { uncoveredShare } from './uncoveredShare.js';

const size = { width: 201, height: 101 };

describe('uncoveredShare', () => {
  it('is nothing where the frame covers the output, half an edge pixel included', () => {
    for (const shift of [0, 0.4, -0.4]) expect(uncoveredShare(translationHomography(shift, shift), size, size)).toBe(0);
  });

  it('is the strip that a shift leaves', () => {
    expect(uncoveredShare(translationHomography(50.5, 0), size, size)).toBeCloseTo(0.25, 4);
    expect(uncoveredShare(translationHomography(0, -10.5), size, size)).toBeCloseTo(0.1, 4);
    expect(uncoveredShare(translationHomography(20.5, 10.5), size, size)).toBeCloseTo(1 - 0.9 * 0.9, 4);
  });

  it('is what lies beyond a smaller picture, and all of it beyond none', () => {
    // Source = 2 × output: the frame ends at half of the output, and half a source pixel.
    expect(uncoveredShare(scalingHomography(2, 2), size, size)).toBeCloseTo(1 - (100.25 / 200) * (50.25 / 100), 4);
    expect(uncoveredShare(translationHomography(1000, 0), size, size)).toBe(1);
  });
});
