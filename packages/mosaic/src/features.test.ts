import { describe, expect, it } from 'vitest';
import { loadAddon, planesOf, shiftsOf } from './addon.js';
import { FORMATS, paintedFrame, sampleOf } from './testPictures.js';

const SCALE = 4096;

/** Oklab (Ottosson 2020) of linear BT.709, in doubles. */
function oklab([r, g, b]: readonly number[]): number[] {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const srgb = (x: number): number => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
const clamp = (x: number): number => Math.min(1, Math.max(0, x));

function rgbOf(samples: readonly number[], [kr, kb]: readonly number[], fullRange: boolean, bits: number): number[] {
  const unit = 2 ** (bits - 8);
  const top = 2 ** bits - 1;
  const y = fullRange ? samples[0] / top : (samples[0] / unit - 16) / 219;
  const u = (samples[1] - 128 * unit) / (fullRange ? top : 224 * unit);
  const v = (samples[2] - 128 * unit) / (fullRange ? top : 224 * unit);
  const r = y + 2 * (1 - kr) * v;
  const b = y + 2 * (1 - kb) * u;
  return [r, (y - kr * r - kb * b) / (1 - kr - kb), b].map(clamp);
}

const BT601 = [0.299, 0.114];
const BT2020 = [0.2627, 0.0593];

async function featuresOf(
  frame: ReturnType<typeof paintedFrame>,
  tags: readonly [number, number, number],
  x: number[],
  y: number[],
  side: number,
): Promise<{ features: Int16Array; means: Int32Array }> {
  const addon = loadAddon();
  const colour = addon.colourOf(...tags, frame.fullRange, frame.format.bitDepth);
  const cells = (x.length - 1) * (y.length - 1);
  const features = new Int16Array(cells * side * side * 3);
  const means = new Int32Array(cells * 3);
  const borders = [Int32Array.from(x), Int32Array.from(y)] as const;
  await addon.cellFeatures(planesOf(frame), shiftsOf(frame), colour, ...borders, side, features, means, 2);
  return { features, means };
}

describe('cell features', () => {
  const painted = (plane: number, x: number, y: number): number =>
    plane === 0 ? 30 + ((x * 7 + y * 13) % 190) : 90 + ((x * 5 + y * 3 + plane * 31) % 80);

  for (const [name, format] of Object.entries(FORMATS)) {
    for (const fullRange of [false, true]) {
      it(`are the Oklab means of ${name}, ${fullRange ? 'full' : 'limited'} range`, async () => {
        const frame = paintedFrame({ width: 38, height: 26 }, painted, { format, fullRange });
        const [x, y, side] = [[0, 12, 24, 38], [0, 14, 26], 2] as const;
        const { features, means } = await featuresOf(frame, [1, 1, 6], [...x], [...y], side);
        const [sx, sy] = [format.chromaShiftX, format.chromaShiftY];
        const middle = 128 * 2 ** (format.bitDepth - 8);
        for (let row = 0; row < 2; row++) {
          for (let col = 0; col < 3; col++) {
            const parts = Array.from({ length: side * side }, () => [0, 0, 0, 0]);
            let luma = 0;
            const [x0, x1, y0, y1] = [x[col] >> sx, x[col + 1] >> sx, y[row] >> sy, y[row + 1] >> sy];
            for (let by = y0; by < y1; by++) {
              for (let bx = x0; bx < x1; bx++) {
                let sum = 0;
                for (let j = 0; j < 1 << sy; j++)
                  for (let i = 0; i < 1 << sx; i++) sum += sampleOf(frame, 0, (bx << sx) + i, (by << sy) + j);
                const block = sum / (1 << (sx + sy));
                luma += block;
                const chroma = format.chroma
                  ? [sampleOf(frame, 1, bx, by), sampleOf(frame, 2, bx, by)]
                  : [middle, middle];
                const lab = oklab(rgbOf([block, ...chroma], BT601, fullRange, format.bitDepth).map(srgb));
                const w = x1 - x0;
                const h = y1 - y0;
                const partX = bx - x0 < Math.floor(w / 2) ? 0 : 1;
                const partY = by - y0 < Math.floor(h / 2) ? 0 : 1;
                const part = parts[partY * side + partX];
                for (let c = 0; c < 3; c++) part[c] += lab[c];
                part[3]++;
              }
            }
            const cell = row * 3 + col;
            parts.forEach((part, k) => {
              for (let c = 0; c < 3; c++) {
                const wanted = (part[c] / part[3]) * SCALE;
                expect(Math.abs(features[(cell * side * side + k) * 3 + c] - wanted)).toBeLessThan(4);
              }
            });
            expect(means[cell * 3] / 16).toBeCloseTo(luma / ((x1 - x0) * (y1 - y0)), 0);
          }
        }
      });
    }
  }

  it('take PQ relative to diffuse white, in the primaries of BT.2020', async () => {
    const format = FORMATS.yuv420p10le;
    const frame = paintedFrame({ width: 8, height: 8 }, (plane) => [110, 120, 140][plane], { format });
    const { features } = await featuresOf(frame, [9, 16, 9], [0, 8], [0, 8], 1);
    const coded = rgbOf([440, 480, 560], BT2020, false, 10);
    const light = coded.map((x) => {
      const p = x ** (1 / 78.84375);
      return clamp((10000 / 203) * (Math.max(p - 0.8359375, 0) / (18.8515625 - 18.6875 * p)) ** (1 / 0.1593017578125));
    });
    const to709 = [
      [1.660491, -0.587641, -0.07285],
      [-0.12455, 1.1329, -0.008349],
      [-0.018151, -0.100579, 1.11873],
    ].map((row) => row[0] * light[0] + row[1] * light[1] + row[2] * light[2]);
    oklab(to709).forEach((wanted, c) => {
      expect(Math.abs(features[c] / SCALE - wanted)).toBeLessThan(0.004);
    });
  });

  it('take a white and a black for what they are', async () => {
    const white = paintedFrame({ width: 4, height: 4 }, (plane) => (plane === 0 ? 235 : 128));
    const black = paintedFrame({ width: 4, height: 4 }, (plane) => (plane === 0 ? 16 : 128));
    const of = async (frame: typeof white) => [...(await featuresOf(frame, [1, 1, 1], [0, 4], [0, 4], 1)).features];
    expect(await of(white)).toEqual([SCALE, 0, 0]);
    expect((await of(black))[0]).toBeLessThan(10);
  });

  it('refuse borders that do not fit', async () => {
    const frame = paintedFrame({ width: 8, height: 8 }, () => 100);
    await expect(featuresOf(frame, [1, 1, 1], [0, 3, 8], [0, 8], 1)).rejects.toThrow(/borders/);
    await expect(featuresOf(frame, [1, 1, 1], [0, 10], [0, 8], 1)).rejects.toThrow(/borders/);
  });
});
