import { checkPlugin } from '@gimbal/core/plugins';
import { describe, expect, test } from 'vitest';
import plugin, { createIhnEstimator, createRegression, ihnRuntime } from '../src/index.js';
import { engineProblem } from '../src/network/engineNetwork.js';
import { frameOf, shot } from './scene.js';
import { withoutRegression, withoutWeights } from './weights.js';

const runtime = { platform: process.platform, arch: process.arch, threads: 2, device: 'auto' as const };

test('the plug-in keeps its contract', () => {
  expect(() => checkPlugin(plugin, 'ihn')).not.toThrow();
  expect(plugin.meta.name).toBe('ihn');
  expect(plugin.supports(runtime)).toBeGreaterThan(0);
  expect(plugin.supports({ ...runtime, device: 'cpu' })).toBeGreaterThan(0);
  expect(plugin.parseOptions({ refinements: 4 })).toMatchObject({ refinements: 4 });
  expect(() => plugin.parseOptions({ refinments: 4 })).toThrow(/"refinments"/);
});

test.skipIf(withoutWeights !== undefined)('the plug-in makes the estimator', async () => {
  const estimator = await plugin.create(plugin.parseOptions(undefined), { runtime: { ...runtime, device: 'cpu' } });
  expect(estimator).toMatchObject({ name: 'ihn', memory: ['host'], provider: 'cpu' });
  await estimator.dispose?.();
});

test('what there is to run with is said, and why not more', async () => {
  const { version, providers, cuda } = await ihnRuntime();
  expect(version).toMatch(/^\d+\.\d+/);
  expect(providers).toContain('cpu');
  expect(cuda.available || cuda.reason.length > 0).toBe(true);
  expect(providers.includes('cuda') || !cuda.available).toBe(true);
});

describe.skipIf(engineProblem() === undefined)('without a CUDA device', () => {
  test('whoever insists on a GPU hears why there is none', async () => {
    const refused = { score: 0, reason: engineProblem() };
    expect(plugin.supports({ ...runtime, device: 'cuda' })).toMatchObject(refused);
    expect(plugin.supports({ ...runtime, device: 'cuda:1' })).toMatchObject(refused);
  });

  test.skipIf(withoutWeights !== undefined)('an explicit provider never falls back', async () => {
    await expect(createIhnEstimator({ provider: 'cuda' })).rejects.toMatchObject({
      code: 'GIMBAL_E_DEVICE_UNAVAILABLE',
      message: expect.stringMatching(/"cuda".*"cpu" or "auto"/),
    });
  });
});

test.skipIf(withoutRegression !== undefined)('the regression is an estimator too', async () => {
  const regression = await createRegression({ threads: 1 });
  const size = { width: 200, height: 120 };
  const [a, b] = [0, 3].map((x) => shot(size, 2, Float64Array.of(1, 0, x, 0, 1, 0, 0, 0, 1)));
  const { field, corners, inliers } = await regression.trace(a, b);
  expect(field).toMatchObject({ rows: 1, cols: 1, size });
  expect([corners.length, corners[0].length, inliers]).toEqual([1, 8, undefined]);
  expect((await regression.estimate(a, a)).verdict).toBe('duplicate');
  expect(
    (
      await regression.estimate(
        frameOf(size, () => 5),
        a,
      )
    ).verdict,
  ).toBe('weak');
  const [first, second] = await regression.estimateBatch([
    [a, b],
    [b, a],
  ]);
  expect([...first.homographies]).toEqual([...field.homographies].map((value) => expect.closeTo(value, 4)));
  expect(second.size).toEqual(size);
  await regression.dispose();
});
