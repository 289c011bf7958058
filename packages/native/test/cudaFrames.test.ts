import { type CudaFrame, type Frame, type FrameSource, type HostFrame, motionField } from '@gimbal/core';
import { describe, expect, test } from 'vitest';
import {
  addonInfo,
  allocateHostFrame,
  cacheOnDevice,
  createCudaFramePool,
  createFrameCopier,
  traceDevice,
  withHostFrames,
} from '../src/index.js';
import { FORMATS, formatNamed, frameOf, noise } from '../src/testFrames.js';

const { unavailable } = addonInfo().cudaReport;
if (unavailable) console.log(`frames on CUDA devices: skipped, ${unavailable}`);

const size = { width: 333, height: 187 };
const like = (frame: Frame) => allocateHostFrame(frame.format, frame, frame);
const bytes = (frame: HostFrame) =>
  Buffer.concat(
    frame.planes.flatMap(({ data, width, height, stride, channels, bytesPerSample }) =>
      Array.from({ length: height }, (_, y) =>
        data.subarray(y * stride, y * stride + width * channels * bytesPerSample),
      ),
    ),
  );

/** Noise that differs from frame to frame. */
function noisyClip(count: number): { source: FrameSource; frames: HostFrame[] } {
  const format = formatNamed('nv12');
  const frames = Array.from({ length: count }, (_, index) => {
    const still = noise(format);
    const frame = frameOf(format, size, (plane, x, y, channel) => still(plane, x + 17 * index, y, channel));
    const made = allocateHostFrame(format, size, { time: index / 30, index });
    for (const [i, { data }] of made.planes.entries()) data.set(frame.planes[i].data);
    return made;
  });
  const source: FrameSource = {
    info: { ...size, format, frameRate: 30, frameCount: count, duration: count / 30 },
    warnings: [],
    async *frames() {
      for (const frame of frames) yield frame.clone();
    },
    async close() {},
  };
  return { source, frames };
}

describe.skipIf(unavailable !== '')('on a device', () => {
  test.each(FORMATS)('$name: up, across and down again', async (format) => {
    const copier = createFrameCopier(0);
    const pool = createCudaFramePool(0, format, size);
    const source = frameOf(format, size, noise(format));
    const there = await pool.frame(source);
    const beyond = await pool.frame(source);
    const back = like(source);
    await copier.copy(source, there);
    await copier.copy(there, beyond);
    await copier.copy(beyond, back);
    expect(bytes(back).equals(bytes(source))).toBe(true);
    for (const frame of [there, beyond]) frame.close();
    await pool.close();
    await copier.dispose();
  });

  test('a cache gives every frame back, kept or not, and the trace knows how it came there', async () => {
    for (const budgetBytes of [undefined, 0, 300_000]) {
      const { source, frames } = noisyClip(20);
      const stop = await traceDevice(0);
      const cache = await cacheOnDevice(source, { device: 'cuda:0', budgetBytes });
      const copier = createFrameCopier(0);
      for (let pass = 0; pass < 2; pass++) {
        let index = 0;
        for await (const frame of cache.frames()) {
          const back = like(frame);
          await copier.copy(frame, back);
          expect(bytes(back).equals(bytes(frames[index]))).toBe(true);
          expect([frame.memory, frame.index, frame.time]).toEqual(['cuda', index, index / 30]);
          frame.close();
          index++;
        }
        expect(index).toBe(20);
      }
      const fits = budgetBytes === undefined;
      expect(cache.kept).toMatchObject({ complete: fits, passes: fits ? 1 : 2 });
      const spans = await stop();
      expect(spans.filter(({ name }) => name === 'upload')).toHaveLength(fits ? 20 : 40);
      expect(spans.filter(({ name }) => name === 'download')).toHaveLength(40);
      for (const { start, end } of spans) expect(start >= 0 && end >= start && end < performance.now() + 5).toBe(true);
      await copier.dispose();
      await cache.close();
    }
  });

  test('memory that is given back can be taken again', async () => {
    const format = formatNamed('gray');
    for (let round = 0; round < 3; round++) {
      const pool = createCudaFramePool(0, format, { width: 8192, height: 8192 });
      const frames = await Promise.all(Array.from({ length: 8 }, (_, index) => pool.frame({ time: 0, index })));
      for (const frame of frames) frame.close();
      await pool.close();
      await expect(pool.frame({ time: 0, index: 0 })).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
    }
  });

  test('an estimator that reads host memory sees each frame once, in one place', async () => {
    const { source, frames } = noisyClip(5);
    const cache = await cacheOnDevice(source, { device: 'cuda:0' });
    const seen = new Map<Frame, number>();
    const estimator = withHostFrames({
      name: 'host only',
      memory: ['host'],
      async estimate(previous, current) {
        for (const frame of [previous, current]) {
          expect(bytes(frame as HostFrame).equals(bytes(frames[frame.index]))).toBe(true);
          seen.set(frame, frame.index);
        }
        return motionField({
          size,
          homographies: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
          verdict: 'ok',
          model: 'identity',
        });
      },
    });
    const there: Frame[] = [];
    for await (const frame of cache.frames()) there.push(frame);
    for (let t = 1; t < there.length; t++) await estimator.estimate(there[t - 1] as CudaFrame, there[t]);
    expect([...seen.values()].sort()).toEqual([0, 1, 2, 3, 4]);
    for (const frame of there) frame.close();
    await estimator.dispose?.();
    await cache.close();
  });
});

describe.skipIf(unavailable === '')('without a device', () => {
  test('a cache, a copy and a trace are refused with the reason', async () => {
    const refusal = { code: 'GIMBAL_E_DEVICE_UNAVAILABLE', message: expect.stringContaining(unavailable) };
    const { source, frames } = noisyClip(1);
    await expect(cacheOnDevice(source, { device: 'cuda:0' })).rejects.toMatchObject(refusal);
    await expect(traceDevice(0)).rejects.toMatchObject(refusal);
    const plane = { shape: [187, 333], strides: [512, 1], typestr: '|u1', pointer: 4096n, stream: 1n, device: 0 };
    const chroma = { ...plane, shape: [94, 167, 2], strides: [512, 2, 1] };
    const { planes: _, ...rest } = frames[0];
    const there: CudaFrame = { ...rest, memory: 'cuda', planes: [plane, chroma] };
    await expect(createFrameCopier(0).copy(there, like(frames[0]))).rejects.toMatchObject(refusal);
    await expect(createFrameCopier(0).copy(frames[0], there)).rejects.toMatchObject(refusal);
  });

  test('frames that do not belong together are refused before a device is asked', async () => {
    const [a, b] = [formatNamed('gray'), formatNamed('nv12')].map((format) =>
      allocateHostFrame(format, size, { time: 0, index: 0 }),
    );
    await expect(createFrameCopier(0).copy(a, b)).rejects.toMatchObject({
      code: 'GIMBAL_E_INVALID_ARGUMENT',
      message: expect.stringMatching(/333×187 gray and 333×187 nv12/),
    });
  });

  test('an estimator is wrapped only where it must be, and gets host frames as they are', async () => {
    const { frames } = noisyClip(2);
    const still = motionField({
      size,
      homographies: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
      verdict: 'ok',
      model: 'identity',
    });
    const both = { name: 'both', memory: ['host', 'cuda'] as const, estimate: async () => still };
    expect(withHostFrames(both)).toBe(both);
    const given: Frame[] = [];
    const wrapped = withHostFrames({
      name: 'host only',
      memory: ['host'],
      batch: 4,
      async estimate(...[previous, current]) {
        given.push(previous, current);
        return still;
      },
      async estimateBatch(pairs) {
        given.push(...pairs.flat());
        return pairs.map(() => still);
      },
    });
    expect(wrapped).toMatchObject({ name: 'host only', memory: ['host', 'cuda'], batch: 4 });
    await wrapped.estimate(frames[0], frames[1]);
    await wrapped.estimateBatch?.([[frames[1], frames[0]]]);
    expect(given).toEqual([frames[0], frames[1], frames[1], frames[0]]);
    await wrapped.dispose?.();
  });
});
