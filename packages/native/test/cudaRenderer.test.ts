import { type CudaFrame, type Frame, globalWarp, type HostFrame } from '@gimbal/core';
import { identityHomography } from '@gimbal/core/geometry';
import { describe, expect, test } from 'vitest';
import { addonInfo, allocateHostFrame, createCudaFramePool, createRenderer } from '../src/index.js';
import { FORMATS, formatNamed, frameOf, noise } from '../src/testFrames.js';

const { unavailable } = addonInfo().cudaReport;
if (unavailable) console.log(`rendering on CUDA: skipped, ${unavailable}`);

const size = { width: 333, height: 187 };
const warp = globalWarp(Float64Array.of(0.98, 0.02, 1.7, -0.02, 0.98, 2.4, 1e-6, 0, 1));
const like = (frame: Frame) => allocateHostFrame(frame.format, frame, { time: 0, index: 0 });
const bytes = (frame: HostFrame) => Buffer.concat(frame.planes.map(({ data }) => data));

describe.skipIf(unavailable !== '')('on a device', () => {
  test.each(FORMATS)('$name: every way through the device gives the bits of the CPU', async (format) => {
    const source = frameOf(format, size, noise(format));
    for (const interpolation of ['bilinear', 'bicubic', 'lanczos3'] as const) {
      const onCpu = createRenderer({ device: 'cpu', interpolation });
      const onDevice = createRenderer({ device: 'cuda', interpolation });
      expect(onDevice).toMatchObject({ device: 'cuda:0', memory: ['host', 'cuda'] });
      const [wanted, made, back] = [like(source), like(source), like(source)];
      await onCpu.render(source, wanted, warp);
      await onDevice.render(source, made, warp);
      expect(bytes(made).equals(bytes(wanted))).toBe(true);
      const pool = createCudaFramePool(0, format, size);
      const there = await pool.frame({ time: 0, index: 0 });
      const warped = await pool.frame({ time: 0, index: 0 });
      await onDevice.render(source, there, globalWarp(identityHomography()));
      await onDevice.render(there, warped, warp);
      await onDevice.render(warped, back, globalWarp(identityHomography()));
      expect(bytes(back).equals(bytes(wanted))).toBe(true);
      for (const frame of [there, warped]) frame.close();
      await onDevice.dispose?.();
    }
  });

  test('many frames at once come out alike', async () => {
    const format = formatNamed('nv12');
    const source = frameOf(format, { width: 1920, height: 1080 }, noise(format));
    const renderer = createRenderer({ device: 'cuda:0', interpolation: 'bicubic' });
    const targets = Array.from({ length: 12 }, () => like(source));
    await renderer.warmup?.(source, source);
    await Promise.all(targets.map((target) => renderer.render(source, target, warp)));
    for (const target of targets) expect(bytes(target).equals(bytes(targets[0]))).toBe(true);
    await renderer.dispose?.();
  });

  test('a pool uses the memory of closed frames again, but not before the last handle is closed', async () => {
    const pool = createCudaFramePool(0, formatNamed('yuv420p10le'), size);
    const address = (frame: CudaFrame) => frame.planes[0].pointer;
    const first = await pool.frame({ time: 0, index: 0 });
    const place = address(first);
    const second = first.clone() as CudaFrame;
    first.close();
    first.close();
    expect(() => first.planes).toThrow(/closed/);
    expect(address(await pool.frame({ time: 1, index: 1 }))).not.toBe(place);
    second.close();
    expect(address(await pool.frame({ time: 2, index: 2 }))).toBe(place);
  });

  test('more than there is memory for is an error with the sizes', async () => {
    const pool = createCudaFramePool(0, formatNamed('gray'), { width: 1 << 24, height: 1 << 24 });
    await expect(pool.frame({ time: 0, index: 0 })).rejects.toMatchObject({
      code: 'GIMBAL_E_DEVICE_MEMORY',
      message: expect.stringMatching(/frames on the device.*free/),
    });
  });
});

describe.skipIf(unavailable === '')('without a device', () => {
  test('an explicit one is refused with the reason; auto takes the CPU', async () => {
    for (const device of ['cuda', 'cuda:0', 'cuda:3'] as const) {
      expect(() => createRenderer({ device })).toThrow(
        expect.objectContaining({
          code: 'GIMBAL_E_DEVICE_UNAVAILABLE',
          message: expect.stringContaining(unavailable),
        }),
      );
    }
    expect(createRenderer({ device: 'auto' })).toMatchObject({ device: 'cpu', memory: ['host'] });
    expect(createRenderer()).toMatchObject({ device: 'cpu' });
  });

  test('memory of a device is refused with the reason', async () => {
    const pool = createCudaFramePool(0, formatNamed('nv12'), size);
    await expect(pool.frame({ time: 0, index: 0 })).rejects.toMatchObject({
      code: 'GIMBAL_E_DEVICE_UNAVAILABLE',
      message: expect.stringContaining(unavailable),
    });
  });

  test('a frame on a device is no input for the CPU', async () => {
    const format = formatNamed('gray');
    const host = frameOf(format, { width: 8, height: 8 }, () => 1);
    const plane = { shape: [8, 8], strides: [256, 1], typestr: '|u1', pointer: 4096n, stream: 1n, device: 0 };
    const { planes: _, ...rest } = host;
    const frame: CudaFrame = { ...rest, memory: 'cuda', planes: [plane] };
    await expect(createRenderer().render(frame, like(host), warp)).rejects.toThrow(/lies on a CUDA device/);
  });
});
