import type { Homography } from '@gimbal/core';
import { cornerError, identityHomography, translationHomography } from '@gimbal/core/geometry';
import { describe, expect, test } from 'vitest';
import { draw, frameOf, shot, texture } from '../../test/scene.js';
import { cornersOf, GRID_SIZE } from '../grid/gridCorners.js';
import { GRID, gridPicture } from '../grid/gridPicture.js';
import { photometricPair } from '../hypotheses/photometricPair.js';
import { scorePass } from '../hypotheses/scorePass.js';
import { alignPhotometric } from './alignPhotometric.js';
import { photometricPicture } from './photometricPicture.js';
import { refinePhotometric } from './photometricRefinement.js';

const truth = Float64Array.of(1.02, -0.03, 6.3, 0.02, 0.98, -4.2, 1e-4, -5e-5, 1);
const off = (map: Homography, x: number, y: number): Homography => {
  const moved = Float64Array.from(map);
  moved[2] += x;
  moved[5] += y;
  return moved;
};
const noise = (i: number) => draw(3 * i) + draw(3 * i + 1) + draw(3 * i + 2);
const clean = (view: Homography) => shot(GRID_SIZE, 4, view).planes[0].data;
const [one, two] = [clean(identityHomography()), clean(truth)];
const levelsOf = (level: (i: number) => number) =>
  Float32Array.from({ length: GRID * GRID }, (_, i) => Math.min(Math.max(Math.round(level(i)), 0), 255));
/** The same scene, brighter in the shadows, darker as a whole, and both with noise. */
const first = levelsOf((i) => one[i] + 6 * noise(i));
const second = levelsOf((i) => 255 * (0.65 * (two[i] / 255) ** 0.8 + 0.05) + 6 * noise(-i - 1));
const meanError = (map: Homography | undefined) => {
  const [found, true_] = [cornersOf(map as Homography), cornersOf(truth)];
  return [0, 2, 4, 6].reduce((sum, k) => sum + Math.hypot(found[k] - true_[k], found[k + 1] - true_[k + 1]) / 4, 0);
};

describe('photometric alignment', () => {
  test('finds what tone and noise hide', () => {
    const found = alignPhotometric(photometricPicture(first), photometricPicture(second), off(truth, 0.9, -0.7), 2);
    expect(meanError(found)).toBeLessThan(0.12);
    const again = alignPhotometric(photometricPicture(first), photometricPicture(second), off(truth, 0.9, -0.7), 2);
    expect(again).toEqual(found);
  });

  test('stays near a start that is known to be good', async () => {
    const start = off(truth, 0.3, 0);
    const found = alignPhotometric(photometricPicture(first), photometricPicture(second), start, 1e-4);
    expect(cornerError(found as Homography, start, GRID_SIZE)).toBeLessThan(0.01);
  });

  test('fails where something moves by itself, lies elsewhere or hardly overlaps', async () => {
    const covered = second.map((level, i) =>
      i % GRID > 30 && i % GRID < 90 && i > 40 * GRID && i < 90 * GRID ? texture(9, i % GRID, i / GRID) : level,
    );
    expect(alignPhotometric(photometricPicture(first), photometricPicture(covered), truth, 1)).toBeUndefined();
    expect(
      alignPhotometric(photometricPicture(first), photometricPicture(second), off(truth, 40, 10), 1),
    ).toBeUndefined();
    expect(
      alignPhotometric(photometricPicture(first), photometricPicture(second), translationHomography(120, 0), 1),
    ).toBeUndefined();
  });

  test('gives no weight to what is masked', async () => {
    const moving = (i: number) => i % GRID > 30 && i % GRID < 90 && i > 40 * GRID && i < 90 * GRID;
    const covered = first.map((level, i) => (moving(i) ? texture(9, i % GRID, i / GRID) : level));
    const still = Float32Array.from(first, (_, i) => (moving(i) ? 0 : 1));
    const found = alignPhotometric(
      photometricPicture(covered, still),
      photometricPicture(second),
      off(truth, 0.5, 0.5),
      2,
    );
    expect(meanError(found)).toBeLessThan(0.15);
  });
});

test('an answer of the network becomes better there and back', async () => {
  const picture = (levels: Float32Array) =>
    gridPicture(
      frameOf(GRID_SIZE, (x, y) => levels[y * GRID + x]),
      1,
    );
  const [previous, current] = await Promise.all([picture(first), picture(second)]);
  const start = off(truth, 0.5, 0.4);
  const said = { corners: [cornersOf(start)], expectedError: 0.7, expectedErrors: [0.9, 0.8, 0.7] };
  const pair = photometricPair(previous, current, scorePass(previous, current, said));
  expect(meanError(pair && refinePhotometric(pair))).toBeLessThan(0.25 * meanError(start));
  // Without a predicted error there is nothing to weigh the pictures against.
  const silent = { corners: said.corners };
  expect(photometricPair(previous, current, scorePass(previous, current, silent))).toBeUndefined();
});
