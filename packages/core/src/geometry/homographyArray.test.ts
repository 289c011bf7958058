import { expect, it } from 'vitest';
import { identityHomography } from './homography.js';
import { homographyArray } from './homographyArray.js';

it('gives homographies of nine numbers that do not touch one another and share one buffer', () => {
  const all = homographyArray(3);
  all[1].set(identityHomography());
  expect(all.map((h) => Array.from(h))).toEqual([Array(9).fill(0), Array.from(identityHomography()), Array(9).fill(0)]);
  expect(new Set(all.map((h) => h.buffer)).size).toBe(1);
  expect(homographyArray(0)).toEqual([]);
});
