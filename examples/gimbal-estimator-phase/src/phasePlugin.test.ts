import type { HostFrame, PixelFormat } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const runtime = { platform: process.platform, arch: process.arch, threads: 1, device: 'cpu' as const };

/** Smooth random texture of which any sub-pixel shift is known exactly: a sum of plane waves. */
function texture(seed: number): (x: number, y: number) => number {
  let state = seed;
  const random = () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const waves = Array.from({ length: 40 }, () => ({
    fx: (random() - 0.5) * 0.5,
    fy: (random() - 0.5) * 0.5,
    phase: random() * 7,
  }));
  return (x, y) =>
    128 + (90 / Math.sqrt(20)) * waves.reduce((sum, w) => sum + Math.cos(w.fx * x + w.fy * y + w.phase), 0);
}

function frameOf(
  pixel: (x: number, y: number) => number,
  index: number,
  bitDepth = 8,
  width = 256,
  height = 192,
): HostFrame {
  const bytesPerSample = bitDepth > 8 ? 2 : 1;
  const data = new Uint8Array(width * height * bytesPerSample);
  const view = new DataView(data.buffer);
  const top = 2 ** bitDepth - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = Math.round(Math.min(Math.max((pixel(x, y) * top) / 255, 0), top));
      if (bytesPerSample === 2) view.setUint16(2 * (y * width + x), value, true);
      else data[y * width + x] = value;
    }
  }
  const name = bitDepth > 8 ? `gray${bitDepth}le` : 'gray';
  const format: PixelFormat = {
    name,
    layout: 'planar',
    chroma: false,
    bitDepth,
    shift: 0,
    chromaShiftX: 0,
    chromaShiftY: 0,
  };
  const plane = {
    data,
    width,
    height,
    stride: width * bytesPerSample,
    channels: 1 as const,
    bytesPerSample: bytesPerSample as 1 | 2,
  };
  const frame: HostFrame = {
    width,
    height,
    format,
    time: index / 30,
    index,
    fullRange: true,
    memory: 'host',
    planes: [plane],
    clone: () => frame,
    close: () => undefined,
  };
  return frame;
}

const make = (options: unknown = {}) => plugin.create(plugin.parseOptions(options), { runtime });

describe('gimbal-estimator-phase', () => {
  for (const bitDepth of [8, 10]) {
    it.each([
      [0.0, 3.0],
      [6.0, -4.0],
      [-11.5, 2.25],
    ])(`finds a shift of (%f, %f) px in ${bitDepth} bit`, async (dx, dy) => {
      const pixel = texture(7);
      const estimator = await make();
      const before = frameOf(pixel, 0, bitDepth);
      const after = frameOf((x, y) => pixel(x - dx, y - dy), 1, bitDepth);
      const field = await estimator.estimate(before, after);
      expect(Math.abs(field.homographies[2] - dx)).toBeLessThan(0.6);
      expect(Math.abs(field.homographies[5] - dy)).toBeLessThan(0.6);
      expect(field.verdict).toBe('ok');
      expect(field.model).toBe('translation');
    });
  }

  it('calls a repeated frame a duplicate and a new scene a cut', async () => {
    const estimator = await make();
    const frame = frameOf(texture(1), 0);
    expect((await estimator.estimate(frame, frameOf(texture(1), 1))).verdict).toBe('duplicate');
    expect((await estimator.estimate(frame, frameOf(texture(99), 1))).verdict).toBe('cut');
  });

  it('does not invent motion where there is nothing to see', async () => {
    const estimator = await make();
    const field = await estimator.estimate(
      frameOf(() => 16, 0),
      frameOf(() => 17, 1),
    );
    expect([field.homographies[2], field.homographies[5], field.confidence, field.verdict]).toEqual([0, 0, 0, 'weak']);
  });

  it('copes with frames smaller than its grid', async () => {
    const estimator = await make({ grid: 16 });
    const field = await estimator.estimate(
      frameOf(() => 0, 0, 8, 1, 1),
      frameOf(() => 255, 1, 8, 1, 1),
    );
    expect(Array.from(field.homographies).every(Number.isFinite)).toBe(true);
  });

  it('names a wrong option', () => {
    expect(() => plugin.parseOptions({ grid: 100 })).toThrow(/"grid" must be 16, 32, 64, 128 or 256; received 100/);
    expect(() => plugin.parseOptions({ size: 64 })).toThrow(/received "size"/);
  });
});
