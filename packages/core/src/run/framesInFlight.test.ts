import { expect, test } from 'vitest';
import { YUV420P } from '../frame/pixelFormats.js';
import { framesInFlight } from './framesInFlight.js';

const hd = { width: 1920, height: 1080, format: YUV420P };
const deep = { width: 7680, height: 4320, format: { ...YUV420P, bitDepth: 10 } };

test('as many as the renderer gains by, one unless it tells', () => {
  expect([1, 2, 8].map((concurrency) => framesInFlight(concurrency, hd))).toEqual([1, 2, 8]);
  expect(framesInFlight(undefined, hd)).toBe(1);
  expect(framesInFlight(0, hd)).toBe(1);
});

test('fewer of very large pictures', () => {
  expect(framesInFlight(8, { ...hd, width: 7680, height: 4320 })).toBe(3);
  expect(framesInFlight(8, { ...hd, width: 4096, height: 3072 })).toBe(7);
  expect(framesInFlight(8, deep)).toBe(3);
  expect(framesInFlight(2, deep)).toBe(2);
});
