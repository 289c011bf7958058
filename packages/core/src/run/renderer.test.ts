import { describe, expect, it } from 'vitest';
import { translationHomography } from '../geometry/homography.js';
import { globalWarp } from './renderer.js';

describe('globalWarp', () => {
  it('is a grid of one cell', () => {
    const h = translationHomography(1, 2);
    expect(globalWarp(h)).toEqual({ rows: 1, cols: 1, homographies: h });
  });
});
