import { analyze } from '@gimbal/core';
import { applyHomography } from '@gimbal/core/geometry';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import { expect, test } from 'vitest';
import { cost, hostFrames } from './frameCosts.js';
import { repeatedClip, syntheticPictures } from './syntheticClip.js';

const size = { width: 320, height: 180 };

test('the synthetic clip shows a scene that an estimator follows', async () => {
  const pictures = await syntheticPictures(size);
  const estimator = await createClassicalEstimator({ device: 'cpu' });
  const { steps, times } = await analyze({ source: repeatedClip(pictures, 8), estimator });
  expect(times).toHaveLength(8);
  const places = [
    [0, 0],
    [6, 2],
    [10, 8],
    [4, 12],
  ];
  for (const [i, step] of steps.slice(0, 3).entries()) {
    expect(step.verdict).toBe('ok');
    const [x, y] = applyHomography(step.homographies, 160, 90);
    // What is seen moves the other way than the camera.
    expect(x - 160).toBeCloseTo(places[i][0] - places[i + 1][0], 1);
    expect(y - 90).toBeCloseTo(places[i][1] - places[i + 1][1], 1);
  }
});

test('costs are times, and larger pictures cost more', async () => {
  const of = async (width: number, height: number) =>
    cost(await syntheticPictures({ width, height }), 'cpu', hostFrames, { threads: 1 });
  const [small, large] = [await of(64, 48), await of(512, 384)];
  for (const { low, median, high } of [small.estimate, small.warp, large.estimate, large.warp]) {
    expect(low).toBeGreaterThan(0);
    expect(median).toBeGreaterThanOrEqual(low);
    expect(high).toBeGreaterThanOrEqual(median);
  }
  expect(large.warp.low).toBeGreaterThan(small.warp.low);
}, 30_000);
