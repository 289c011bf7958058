import { GRAY, type HostFrame } from '@gimbal/core';
import { translationHomography } from '@gimbal/core/geometry';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blackBorderFraction } from './blackBorderFraction.js';

interface Kind {
  readonly bitDepth: number;
  readonly shift: number;
  readonly fullRange: boolean;
}

const eightBit: Kind = { bitDepth: 8, shift: 0, fullRange: false };
const kinds: Kind[] = [
  eightBit,
  { bitDepth: 8, shift: 0, fullRange: true },
  { bitDepth: 10, shift: 0, fullRange: false },
  { bitDepth: 10, shift: 6, fullRange: false },
  { bitDepth: 12, shift: 0, fullRange: true },
];

/** A frame whose luma is given as 0 (black) to 255 (white). */
function frame(kind: Kind, width: number, height: number, level: (x: number, y: number) => number): HostFrame {
  const { bitDepth, shift, fullRange } = kind;
  const bytes = bitDepth > 8 ? 2 : 1;
  const data = new Uint8Array(width * height * bytes);
  const view = new DataView(data.buffer);
  const [black, white] = fullRange ? [0, 2 ** bitDepth - 1] : [16 * 2 ** (bitDepth - 8), 235 * 2 ** (bitDepth - 8)];
  for (let i = 0; i < width * height; i++) {
    const code = Math.round(black + (level(i % width, Math.floor(i / width)) * (white - black)) / 255) << shift;
    if (bytes === 2) view.setUint16(2 * i, code, true);
    else view.setUint8(i, code);
  }
  return {
    memory: 'host',
    width,
    height,
    format: { ...GRAY, bitDepth, shift },
    planes: [{ data, width, height, stride: width * bytes, channels: 1, bytesPerSample: bytes }],
    time: 0,
    index: 0,
    fullRange,
    clone() {
      return this;
    },
    close() {},
  };
}

const bright = (): number => 120;

test('counts the area of a border in every range and bit depth', () => {
  for (const kind of kinds) {
    const picture = frame(kind, 100, 50, (x, y) => (x < 10 || y >= 45 ? 0 : 120));
    expect(blackBorderFraction(picture)).toBeCloseTo(0.1 + 0.1 - 0.01, 12);
  }
});

test('a wedge is counted, an island is not', () => {
  const wedge = frame(eightBit, 200, 100, (x, y) => (x < (100 - y) / 10 ? 0 : 120));
  expect(blackBorderFraction(wedge)).toBeCloseTo((0.5 * 10 * 100) / 20000, 2);
  const island = frame(eightBit, 200, 100, (x, y) => (x > 50 && x < 90 && y > 20 && y < 60 ? 0 : 120));
  expect(blackBorderFraction(island)).toBe(0);
});

test('a letterbox of the original is no border, wherever the alignment moves it', () => {
  const box = (shift: number) => frame(eightBit, 160, 90, (_, y) => (y < 12 + shift || y >= 78 + shift ? 0 : 120));
  const original = { frame: box(0) };
  expect(blackBorderFraction(box(0))).toBeGreaterThan(0.2);
  expect(blackBorderFraction(box(0), original)).toBe(0);
  expect(blackBorderFraction(box(5), { ...original, alignment: translationHomography(0, 5) })).toBe(0);
  expect(blackBorderFraction(box(5), { ...original, alignment: translationHomography(0, 0) })).toBeGreaterThan(0.03);
});

test('a dark scene has no border that could be seen', () => {
  const night = frame(eightBit, 160, 90, (x, y) => 3 + ((x * 7 + y * 3) % 12));
  expect(blackBorderFraction(night, { frame: night })).toBe(0);
});

test('a border beyond the edge of a bright original is one', () => {
  const original = frame(eightBit, 160, 90, bright);
  const moved = frame(eightBit, 160, 90, (x) => (x < 16 ? 0 : 120));
  const fraction = blackBorderFraction(moved, { frame: original, alignment: translationHomography(16, 0) });
  expect(fraction).toBeCloseTo(0.1, 12);
});

test('lies between 0 and the black share', () => {
  fc.assert(
    fc.property(fc.nat(40), fc.nat(40), fc.nat(20), fc.nat(20), fc.boolean(), (l, r, t, b, big) => {
      const [w, h] = big ? [1300, 40] : [81, 41];
      const inside = (x: number, y: number): boolean => x >= l && x < w - r && y >= t && y < h - b;
      const picture = frame(eightBit, w, h, (x, y) => (inside(x, y) ? 120 : 0));
      const exact = 1 - (Math.max(w - l - r, 0) * Math.max(h - t - b, 0)) / (w * h);
      // Wide frames are sampled every third pixel.
      expect(Math.abs(blackBorderFraction(picture) - exact)).toBeLessThan(big ? 0.16 : 1e-9);
    }),
    { numRuns: 40 },
  );
});
