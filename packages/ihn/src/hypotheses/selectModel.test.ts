import type { Homography } from '@gimbal/core';
import { cornerError, identityHomography, translationHomography } from '@gimbal/core/geometry';
import { expect, test } from 'vitest';
import { draw, frameOf, shot, texture } from '../../test/scene.js';
import { cornersOf, toGrid } from '../grid/gridCorners.js';
import { type GridPicture, gridPicture } from '../grid/gridPicture.js';
import type { NetworkPass } from '../network/pairNetwork.js';
import { scorePass } from './scorePass.js';
import { coarseShift, decideWithoutNetwork, selectModel } from './selectModel.js';

const size = { width: 320, height: 200 };
const settings = { weakBelow: 0.2, cutBelow: 0.3 };
const truth = Float64Array.of(1.005, -0.01, 4, 0.01, 1.005, -3, 1e-5, 0, 1);
const at = (view: Homography, seed = 1) => gridPicture(shot(size, seed, view), 1);
const [first, second] = await Promise.all([at(identityHomography()), at(truth)]);

/** What a network would say that sees the map. */
function said(map: Homography, expectedError = 0.05, inlier = 1): NetworkPass {
  const inliers = { cells: 4, data: new Float32Array(16).fill(inlier) };
  return { corners: [cornersOf(toGrid(map, size))], inliers, expectedError };
}

function decide(previous: GridPicture, current: GridPicture, pass: NetworkPass) {
  const { correlation } = coarseShift(previous, current);
  return selectModel(previous, current, scorePass(previous, current, pass), correlation, size, settings);
}

test('a good answer is taken as it is', () => {
  const answer = decide(first, second, said(truth));
  expect(answer).toMatchObject({ verdict: 'ok', model: 'homography' });
  expect(answer.confidence).toBeGreaterThan(0.8);
  expect(cornerError(answer.homography, truth, size)).toBeLessThan(1e-3);
});

test('confidence falls with the expected error, the outliers, and pictures that do not agree', () => {
  const confidence = (pass: NetworkPass) => scorePass(first, second, pass).confidence;
  const best = confidence(said(truth));
  expect(confidence(said(truth, 6))).toBeLessThan(best / 2);
  expect(confidence(said(truth, 0.05, 0.15))).toBeLessThan(best / 2);
  expect(confidence(said(translationHomography(60, 40)))).toBe(0);
  expect(confidence(said(truth, Number.NaN))).toBe(0);
});

test('an answer without confidence stands where the scene was recognized', () => {
  const answer = decide(first, second, said(truth, 12));
  expect(answer).toMatchObject({ verdict: 'weak', model: 'homography' });
  expect(cornerError(answer.homography, truth, size)).toBeLessThan(1e-3);
});

test('otherwise it falls back to the simplest motion that the pictures carry', () => {
  // Turned by 20°, which the pictures contradict: what is left of it is the shift of the middle.
  const turned = Float64Array.of(0.94, -0.342, 0, 0.342, 0.94, 0, 0, 0, 1);
  const [x, y] = [159.5 - (0.94 * 159.5 - 0.342 * 99.5), 99.5 - (0.342 * 159.5 + 0.94 * 99.5)];
  const shift = translationHomography(8, 6);
  turned.set([x + 8], 2);
  turned.set([y + 6], 5);
  return at(shift).then((moved) => {
    const answer = decide(first, moved, said(turned, 12));
    expect(answer).toMatchObject({ verdict: 'weak', model: 'translation' });
    expect(cornerError(answer.homography, shift, size)).toBeLessThan(0.1);
  });
});

test('nonsense ends at the identity', () => {
  for (const corners of [new Float32Array(8).fill(Number.NaN), Float32Array.of(127, 0, -127, 0, 127, 0, -127, 0)]) {
    expect(decide(first, second, { corners: [corners] })).toMatchObject({
      homography: identityHomography(),
      verdict: 'weak',
      model: 'identity',
      confidence: 0,
    });
  }
});

test('another scene is a cut; a scene moved by a third of the frame is not', async () => {
  const nonsense = said(translationHomography(-15, 9), 4);
  expect(decide(first, await at(identityHomography(), 2), nonsense)).toMatchObject({
    verdict: 'cut',
    model: 'identity',
  });
  expect(decide(first, await at(translationHomography(100, 20)), nonsense).verdict).toBe('weak');
});

test('a repeated frame is a duplicate, touched up or not; grain and blank frames are not', async () => {
  const picture = (change: (level: number, x: number, y: number) => number) =>
    gridPicture(
      frameOf(size, (x, y) => change(texture(1, x, y), x, y)),
      1,
    );
  expect(decideWithoutNetwork(first, first)).toMatchObject({ verdict: 'duplicate', homography: identityHomography() });
  const touched = await picture((level, x, y) => (x < 24 && y < 16 ? level + 2 : level));
  expect(decideWithoutNetwork(first, touched)).toBeUndefined();
  expect(decide(first, touched, said(identityHomography()))).toMatchObject({ verdict: 'duplicate', confidence: 1 });
  const grain = await picture((level, x, y) => level + 3 * draw(y * 320 + x));
  expect(decide(first, grain, said(identityHomography()))).toMatchObject({ verdict: 'ok' });
  const black = await picture(() => 0);
  expect(decideWithoutNetwork(black, black)).toMatchObject({ verdict: 'weak', confidence: 0 });
  expect(decideWithoutNetwork(black, first)).toMatchObject({ verdict: 'weak', model: 'identity' });
});
