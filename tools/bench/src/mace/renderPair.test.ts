import { applyHomography, invertHomography } from '@gimbal/core/geometry';
import { describe, expect, it } from 'vitest';
import { BINS, PATCH, PHOTO } from './bins.js';
import type { Pair } from './pairList.js';
import { type Picture, sampleBilinear } from './picture.js';
import { offsetHomography } from './quad.js';
import { type RenderedPair, renderPair } from './renderPair.js';
import { testPhotos } from './testPhotos.js';

const OFFSETS = [-9, 14, 16, -9, 23, 11, 4, -21];
const STILL = [0, 0, 0, 0, 0, 0, 0, 0];
const pair = (bin: string, offsets: readonly number[], seed = 5): Pair => ({
  bin,
  photo: 1,
  x: 90,
  y: 50,
  offsets,
  seed,
});
const render = (bin: string, offsets: readonly number[], seed?: number) =>
  renderPair(pair(bin, offsets, seed), testPhotos);

/** The window of the photo at a place. */
function windowAt(photo: Picture, x0: number, y0: number): Uint8Array {
  return Uint8Array.from({ length: PATCH * PATCH }, (_, i) => {
    return photo.luma[(y0 + Math.floor(i / PATCH)) * PHOTO.width + x0 + (i % PATCH)];
  });
}

/** Pixels in which two patches differ. */
const differing = (a: Uint8Array, b: Uint8Array) => a.reduce((count, value, i) => count + Number(value !== b[i]), 0);

const meanDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;

describe('clean pairs', () => {
  const photo = testPhotos.get(1) as Picture;

  it('show the photo itself where nothing moves', () => {
    const { first, second } = render('clean-32', STILL);
    expect(differing(first, windowAt(photo, 90, 50))).toBe(0);
    expect(differing(second, windowAt(photo, 90, 50))).toBe(0);
  });

  it('show the shifted window for a shift', () => {
    const { first, second } = render('clean-32', [7, -4, 7, -4, 7, -4, 7, -4]);
    expect(differing(first, windowAt(photo, 97, 46))).toBe(0);
    expect(differing(second, windowAt(photo, 90, 50))).toBe(0);
  });

  it('carry the label from first to second: first warped back is second, and not the other way round', () => {
    const { first, second } = render('clean-32', OFFSETS);
    const h = offsetHomography(OFFSETS);
    const firstPatch = { width: PATCH, height: PATCH, luma: first };
    // Mean |first(map(x)) − second(x)| over the places of second that first shows.
    const difference = (map: Float64Array) => {
      const errors: number[] = [];
      for (let i = 0; i < PATCH * PATCH; i++) {
        const [u, v] = applyHomography(map, i % PATCH, Math.floor(i / PATCH));
        if (Math.min(u, v) < 0 || Math.max(u, v) > PATCH - 1) continue;
        errors.push(Math.abs(sampleBilinear(firstPatch, u, v) - second[i]));
      }
      return errors.reduce((sum, error) => sum + error, 0) / errors.length;
    };
    expect(difference(invertHomography(h))).toBeLessThan(1);
    expect(difference(h)).toBeGreaterThan(10);
    expect(applyHomography(h, 127, 127).map((value) => Math.round(1e9 * value) / 1e9)).toEqual([150, 138]);
  });
});

describe('degraded pairs', () => {
  const clean = render('clean-8', OFFSETS);

  for (const { name, condition, motion } of BINS.filter(({ motion }) => motion === 8)) {
    it(`${condition}: the seed decides everything`, () => {
      const again = render(name, OFFSETS);
      expect(render(name, OFFSETS)).toEqual(again);
      if (condition === 'clean') return;
      expect(render(name, OFFSETS, 6)).not.toEqual(again);
      expect(differing(again.second, clean.second)).toBeGreaterThan(motion);
    });
  }

  for (const share of [10, 20, 40]) {
    it(`occluders cover exactly ${share} % of both frames`, () => {
      for (const seed of [1, 2, 3, 4]) {
        // A white foreign photo before a black one shows what is covered.
        const level = (value: number): Picture => ({ ...PHOTO, luma: new Uint8Array(320 * 240).fill(value) });
        const photos = new Map([
          [1, level(0)],
          [2, level(255)],
        ]);
        const { first, second } = renderPair(pair(`occluder${share}-32`, OFFSETS, seed), photos);
        const wanted = Math.round((share / 100) * PATCH * PATCH);
        for (const patch of [first, second]) expect(patch.filter((value) => value === 255)).toHaveLength(wanted);
      }
    });
  }

  it('the second plane covers a part of both frames and leaves the rest as it was', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { second } = render('parallax-8', OFFSETS, seed);
      const share = differing(second, clean.second) / PATCH ** 2;
      expect(share).toBeGreaterThan(0.09);
      expect(share).toBeLessThanOrEqual(0.4);
    }
  });

  it('motion blur leaves the mean and takes the detail, differently in the two frames', () => {
    const { first, second }: RenderedPair = render('blur-8', STILL);
    expect(meanDifference(first, second)).toBeGreaterThan(2);
    const mean = (patch: Uint8Array) => patch.reduce((sum, value) => sum + value, 0) / patch.length;
    const still = render('clean-8', STILL).first;
    expect(Math.abs(mean(first) - mean(still))).toBeLessThan(1);
    const contrast = (patch: Uint8Array) => meanDifference(patch, new Float64Array(patch.length).fill(mean(patch)));
    expect(contrast(first)).toBeLessThan(0.9 * contrast(still));
  });

  it('low light leaves between 5 and 30 % of the light', () => {
    for (const seed of [1, 2, 3, 4]) {
      const { first, second } = render('lowlight-8', OFFSETS, seed);
      const sum = (patch: Uint8Array) => patch.reduce((total, value) => total + value, 0);
      const left = sum(second) / sum(clean.second);
      expect(left).toBeGreaterThan(0.04);
      expect(left).toBeLessThan(0.31);
      expect(sum(first) / sum(clean.first)).toBeCloseTo(left, 1);
    }
  });
});
