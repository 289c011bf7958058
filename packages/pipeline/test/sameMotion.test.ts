import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { analyze, type Homography } from '@gimbal/core';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import { writeSyntheticClip } from '@gimbal/fixtures';
import { openVideo } from '@gimbal/video';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-same-motion-'));
const file = path.join(folder, 'clip.mp4');

// Coarsely compressed, with pictures that no other refers to: what decoders can save shows.
beforeAll(
  () => writeSyntheticClip(file, { size: { width: 480, height: 270 }, frames: 24, seed: 2, shake: 1 }, 36),
  60_000,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function motionWith(cacheBytes: number): Promise<readonly Homography[]> {
  const source = await openVideo(file, { cacheBytes });
  const estimator = await createClassicalEstimator({ device: 'cpu' });
  try {
    const { steps } = await analyze({ source, estimator });
    return steps.map(({ homographies }) => homographies);
  } finally {
    await estimator.dispose?.();
    await source.close();
  }
}

test('motion is the same whether frames are kept for the second pass or decoded again', async () => {
  expect(await motionWith(0)).toEqual(await motionWith(2 ** 28));
}, 60_000);
