import { cornerError, type Homography, identityHomography, translationHomography } from '@gimbal/core';
import { describe, expect, test } from 'vitest';
import { draw, frameOf, shot, texture } from '../../test/scene.js';
import { weigh } from '../evidence.js';
import { cornersOf, GRID_SIZE } from '../gridCorners.js';
import { GRID, gridPicture } from '../gridPicture.js';
import { alignTones } from './alignTones.js';
import { toneAligned } from './toneAligned.js';
import { tonedPicture } from './tonedPicture.js';

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

describe('alignment of two exposures', () => {
  test('finds what tone and noise hide', async () => {
    const found = await alignTones(tonedPicture(first), tonedPicture(second), off(truth, 0.9, -0.7), 2);
    expect(meanError(found)).toBeLessThan(0.12);
    const again = await alignTones(tonedPicture(first), tonedPicture(second), off(truth, 0.9, -0.7), 2);
    expect(again).toEqual(found);
  });

  test('stays near a start that is known to be good', async () => {
    const start = off(truth, 0.3, 0);
    const found = await alignTones(tonedPicture(first), tonedPicture(second), start, 1e-4);
    expect(cornerError(found as Homography, start, GRID_SIZE)).toBeLessThan(0.01);
  });

  test('says nothing where something moves by itself, lies elsewhere or hardly overlaps', async () => {
    const covered = second.map((level, i) =>
      i % GRID > 30 && i % GRID < 90 && i > 40 * GRID && i < 90 * GRID ? texture(9, i % GRID, i / GRID) : level,
    );
    expect(await alignTones(tonedPicture(first), tonedPicture(covered), truth, 1)).toBeUndefined();
    expect(await alignTones(tonedPicture(first), tonedPicture(second), off(truth, 40, 10), 1)).toBeUndefined();
    expect(
      await alignTones(tonedPicture(first), tonedPicture(second), translationHomography(120, 0), 1),
    ).toBeUndefined();
  });

  test('is told where not to look', async () => {
    const moving = (i: number) => i % GRID > 30 && i % GRID < 90 && i > 40 * GRID && i < 90 * GRID;
    const covered = first.map((level, i) => (moving(i) ? texture(9, i % GRID, i / GRID) : level));
    const still = Float32Array.from(first, (_, i) => (moving(i) ? 0 : 1));
    const found = await alignTones(tonedPicture(covered, still), tonedPicture(second), off(truth, 0.5, 0.5), 2);
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
  const said = { corners: [cornersOf(start)], spread: 0.7, spreads: [0.9, 0.8, 0.7] };
  let [turns, working] = [0, true];
  const turn = () => {
    turns++;
    if (working) setImmediate(turn);
  };
  setImmediate(turn);
  const found = await toneAligned(previous, current, weigh(previous, current, said));
  working = false;
  expect(meanError(found)).toBeLessThan(0.25 * meanError(start));
  // Others have theirs: five steps there and five back, in two parts each.
  expect(turns).toBeGreaterThanOrEqual(20);
  // A network that tells nothing of its error leaves nothing to weigh the pictures against.
  const silent = { corners: said.corners };
  expect(await toneAligned(previous, current, weigh(previous, current, silent))).toBeUndefined();
});
