import { checkPlugin } from '@gimbal/core/plugins';
import { describe, expect, test } from 'vitest';
import plugin, { createIhnEstimator, ihnRuntime } from '../src/index.js';
import { engineProblem } from '../src/network/engineNetwork.js';
import { withoutWeights } from './weights.js';

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
