import type { CudaFrame, EstimatorPlugin, Frame } from '@gimbal/core';
import { cornerError } from '@gimbal/core/geometry';
import { supportOf } from '@gimbal/core/plugins';
import { describe, expect, test } from 'vitest';
import { addonInfo, createClassicalEstimator, classicalPlugin as plugin } from '../src/index.js';
import { frameOf } from './frames.js';

const runtime = { platform: 'linux', arch: 'x64', threads: 2 };
const { cuda, cudaReport } = addonInfo();
const reason = cudaReport.unavailable;
if (reason) console.log(`Tests on a CUDA device are skipped: ${reason}.`);
const size = { width: 320, height: 200 };

/** A textured picture, shifted. */
function shifted(dx: number, dy: number): Frame {
  const { width, height } = size;
  const luma = Float64Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) - dx, Math.floor(i / width) - dy];
    return (
      128 + 60 * Math.sin(x * 0.31 + 2 * Math.sin(y * 0.05)) * Math.cos(y * 0.23) + 40 * Math.sin(x * 0.11 + y * 0.17)
    );
  });
  return frameOf({ width, height, luma });
}

test('the addon says what it can do with CUDA here', () => {
  expect(cuda).toBe(cudaReport.architectures !== '');
  expect(reason === '').toBe(cudaReport.devices.some(({ unusable }) => unusable === ''));
  const support = (device: 'auto' | 'cpu' | 'cuda' | 'cuda:99') =>
    supportOf(plugin as EstimatorPlugin, { ...runtime, device });
  expect(support('auto').score).toBeGreaterThan(0);
  expect(support('cpu').score).toBeGreaterThan(0);
  expect(support('cuda').score > 0).toBe(reason === '');
  expect(support('cuda').reason ?? '').toContain(reason);
  expect(support('cuda:99')).toMatchObject({
    score: 0,
    reason: expect.stringMatching(reason === '' ? /no cuda:99/ : /./),
  });
});

test('a device that is not there is refused with the reason', async () => {
  const refusal = {
    code: 'GIMBAL_E_DEVICE_UNAVAILABLE',
    message: expect.stringMatching(/'cuda:99'.*'cpu', or 'auto'/),
  };
  await expect(createClassicalEstimator({ device: 'cuda:99' })).rejects.toMatchObject(refusal);
  const context = { runtime: { ...runtime, device: 'cuda:99' as const } };
  await expect(plugin.create(plugin.parseOptions(undefined), context)).rejects.toMatchObject(refusal);
});

test('the CPU refuses frames on a device', async () => {
  const estimator = await createClassicalEstimator({ device: 'cpu' });
  const luma = { shape: [200, 320], strides: [320, 1], typestr: '|u1', pointer: 4096n, stream: 1n, device: 0 };
  const frame: CudaFrame = { ...shifted(0, 0), memory: 'cuda', planes: [luma] };
  await expect(estimator.estimate(frame, frame)).rejects.toMatchObject({
    code: 'GIMBAL_E_INVALID_ARGUMENT',
    message: expect.stringMatching(/computes on the CPU.*received a frame on cuda:0/),
  });
});

test('several pairs at once get the answers that they get one by one', async () => {
  const frames = Array.from({ length: 9 }, (_, i) => shifted(1.5 * i, -0.5 * i));
  const pairs = frames.slice(1).map((frame, i) => [frames[i], frame] as const);
  for (const device of ['cpu', 'auto'] as const) {
    const [together, alone] = [await createClassicalEstimator({ device }), await createClassicalEstimator({ device })];
    const fields = await together.estimateBatch?.(pairs);
    for (const [i, [previous, current]] of pairs.entries()) {
      expect(fields?.[i]).toEqual(await alone.estimate(previous, current));
    }
    expect(fields?.[0].homographies[2]).toBeCloseTo(1.5, 1);
  }
});

describe.skipIf(reason !== '')('on a CUDA device', () => {
  test('the answers are the CPU answers', async () => {
    const [device, cpu] = [
      await createClassicalEstimator({ device: 'cuda' }),
      await createClassicalEstimator({ device: 'cpu' }),
    ];
    expect(device.memory).toEqual(['host', 'cuda']);
    await device.warmup?.(size);
    const [a, b] = [shifted(0, 0), shifted(4.25, -2.5)];
    const [onDevice, onCpu] = [await device.estimate(a, b), await cpu.estimate(a, b)];
    expect(onDevice.verdict).toBe(onCpu.verdict);
    expect(cornerError(onDevice.homographies, onCpu.homographies, size)).toBeLessThan(0.05);
    expect((await device.trace(a, b)).points.length).toBe((await cpu.trace(a, b)).points.length);
  });
});
