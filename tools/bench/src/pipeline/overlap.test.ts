import { expect, test } from 'vitest';
import { overlap } from './overlap.js';
import { timelineText } from './timelineText.js';

const span = (stage: string, start: number, end: number, lane = 0) => ({ stage, lane, start, end });
const spans = [
  span('decode', 0, 4),
  span('decode', 4, 8),
  span('warp', 2, 3),
  span('warp', 2.5, 5, 1),
  span('encode', 4, 12),
];

test('shares of time that stages are busy, alone and together', () => {
  const { busy, together } = overlap(spans, 0, 10);
  expect(busy.decode).toBeCloseTo(0.8);
  expect(busy.warp).toBeCloseTo(0.3);
  expect(busy.encode).toBeCloseTo(0.6);
  expect(together.map((share) => Math.round(share * 100))).toEqual([100, 60, 10]);
});

test('a stretch in which nothing happens is empty', () => {
  expect(overlap(spans, 20, 30)).toEqual({ busy: { decode: 0, warp: 0, encode: 0 }, together: [0, 0, 0] });
});

test('a line of text for each stage', () => {
  expect(timelineText(spans, 0, 12, 12).split('\n')).toEqual([
    'decode │████████    │',
    'warp   │  ███       │',
    'encode │    ████████│',
    '        0 ms   12 ms',
  ]);
});
