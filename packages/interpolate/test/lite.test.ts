import { readFileSync } from 'node:fs';
import path from 'node:path';
import { YUV420P } from '@gimbal/core';
import { identityHomography } from '@gimbal/core/geometry';
import { allocateHostFrame } from '@gimbal/native';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cameraMotion } from '../src/cameraMatrices.js';
import { createLiteInterpolator } from '../src/liteInterpolator.js';
import { LiteNetwork } from '../src/network/liteNetwork.js';
import { drawnFrame } from './frames.js';

/** What PyTorch made of the same pair with the same weights: `tools/train/README.md` says how it is written. */
const golden = JSON.parse(readFileSync(path.join(import.meta.dirname, 'golden/lite.json'), 'utf8')) as {
  width: number;
  height: number;
  first: string[];
  second: string[];
  flow: number[];
  made: { t: number; luma: number[]; u: number[]; v: number[] }[];
};
const size = { width: golden.width, height: golden.height };

function frameOf(planes: readonly string[], scale = 1, format = YUV420P) {
  const bytes = planes.map((text) => Buffer.from(text, 'base64'));
  return drawnFrame(size, (p, x, y) => bytes[p][y * (p === 0 ? size.width : size.width / 2) + x] * scale, { format });
}

describe('the network lite', () => {
  let network: LiteNetwork;
  beforeAll(async () => {
    network = await LiteNetwork.open({ threads: 2 });
  });
  afterAll(() => network.close());

  it("finds PyTorch's flows and makes PyTorch's frames, at any time", async () => {
    const [first, second] = [frameOf(golden.first), frameOf(golden.second)];
    const motion = cameraMotion(identityHomography(), size);
    await network.look(first, second, motion.at(0.5));
    const { flow } = network.found as { flow: Float32Array };
    expect(flow).toHaveLength(golden.flow.length);
    const apart = Math.max(...golden.flow.map((value, i) => Math.abs(value - flow[i])));
    expect(apart).toBeLessThan(0.01);
    expect(Math.max(...golden.flow.map(Math.abs))).toBeGreaterThan(3);
    for (const { t, luma, u, v } of golden.made) {
      const target = allocateHostFrame(YUV420P, size, { time: 0, index: 0 });
      await network.make(first, second, target, { matrices: motion.at(t), t });
      for (const [p, wanted] of [luma, u, v].entries()) {
        const { data, stride, width, height } = target.planes[p];
        let worst = 0;
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++)
            worst = Math.max(worst, Math.abs(data[y * stride + x] - wanted[y * width + x]));
        }
        // Half a step of rounding, and what the guard of still things leaves alone here.
        expect(worst).toBeLessThan(0.6);
      }
    }
  });

  it('makes of 10 bits what it makes of 8', async () => {
    const ten = { ...YUV420P, name: 'yuv420p10le', bitDepth: 10 };
    const motion = cameraMotion(identityHomography(), size);
    const made = [];
    for (const [scale, format] of [
      [1, YUV420P],
      [4, ten],
    ] as const) {
      const [first, second] = [frameOf(golden.first, scale, format), frameOf(golden.second, scale, format)];
      await network.look(first, second, motion.at(0.5));
      const target = allocateHostFrame(format, size, { time: 0, index: 0 });
      await network.make(first, second, target, { matrices: motion.at(0.5), t: 0.5 });
      made.push(target.planes[0]);
    }
    const [eight, deep] = made;
    const words = new Uint16Array(deep.data.buffer, deep.data.byteOffset, deep.data.length / 2);
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        expect(Math.abs(words[(y * deep.stride) / 2 + x] / 4 - eight.data[y * eight.stride + x])).toBeLessThan(0.7);
      }
    }
  });

  it('leaves a still picture as it is, at sizes odd and small', async () => {
    const interpolator = await createLiteInterpolator();
    for (const odd of [
      { width: 1, height: 1 },
      { width: 17, height: 3 },
      { width: 75, height: 53 },
    ]) {
      const draw = (p: number, x: number, y: number) => 128 + 60 * Math.sin(x * 0.9 + p) * Math.cos(y * 0.7);
      const frame = drawnFrame(odd, draw);
      const pair = await interpolator.prepare({
        first: frame,
        second: frame.clone() as typeof frame,
        camera: identityHomography(),
      });
      const target = allocateHostFrame(YUV420P, odd, { time: 0, index: 0 });
      const { confidence } = await pair.make(0.4, target);
      expect(confidence).toBe(1);
      let sum = 0;
      const { data, stride, width, height } = target.planes[0];
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) sum += (data[y * stride + x] - frame.planes[0].data[y * stride + x]) ** 2;
      }
      // 42 dB at least.
      expect(sum / (width * height)).toBeLessThan(4.1);
    }
    await interpolator.dispose?.();
  });
});
