import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BINS, PATCH, PHOTO } from './bins.js';
import { generatePairs, pairListFile, parsePairs, photosOf, readPairs, serializePairs } from './pairList.js';
import { isConvex } from './quad.js';

it('the committed list is what the generator draws', () => {
  const text = readFileSync(pairListFile, 'utf8');
  expect(serializePairs(generatePairs(photosOf(parsePairs(text)))) === text).toBe(true);
  expect(text.length).toBeLessThan(2 ** 20);
});

it('the list fills every bin within its motion, with windows that keep the corners in the photo', () => {
  const pairs = readPairs();
  expect(photosOf(pairs)).toHaveLength(128);
  for (const { name, motion, pairs: wanted } of BINS) {
    const own = pairs.filter(({ bin }) => bin === name);
    expect(own).toHaveLength(wanted);
    for (const { x, y, offsets } of own) {
      expect(Math.max(...offsets.map(Math.abs))).toBeLessThanOrEqual(motion);
      expect(Math.min(x, y, PHOTO.width - PATCH - x, PHOTO.height - PATCH - y)).toBeGreaterThanOrEqual(motion);
      expect(isConvex(offsets)).toBe(true);
    }
  }
});

it('takes the first pairs of each bin', () => {
  expect(readPairs(2)).toHaveLength(2 * BINS.length);
});

it('says which line is wrong', () => {
  const text = serializePairs(generatePairs([139], BINS.slice(0, 1)));
  expect(() => parsePairs(text.replace(/\nclean/, '\nunclean'))).toThrow('Line 2');
  expect(() => parsePairs('nothing')).toThrow('begins with');
});

it('draws folded quads again', () => {
  expect(isConvex([32, 32, -32, -32, 0, 0, -32, -32])).toBe(false);
});
