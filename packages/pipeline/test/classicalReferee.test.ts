import type { FrameSource, HostFrame, Size } from '@gimbal/core';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import { renderSyntheticClip } from '@gimbal/fixtures';
import { cornerJitter, type Evaluation, evaluateClip } from '@gimbal/metrics';
import { beforeAll, describe, expect, test } from 'vitest';

const size = { width: 640, height: 360 };
const scene = { size, frames: 28, seed: 4, parallax: 0, movingObject: false } as const;

describe('the classical estimator as referee', () => {
  const original = renderSyntheticClip({ ...scene, shake: 6 });
  let result: Evaluation;

  beforeAll(async () => {
    const referee = await createClassicalEstimator();
    const stabilized = renderSyntheticClip({ ...scene, shake: 0 });
    result = await evaluateClip({ original, stabilized, referee });
  }, 60_000);

  test('measures the jitter that the camera path has', () => {
    const truth = cornerJitter(original.truth, size);
    const { jitter } = result.original;
    if (truth.status !== 'measured' || jitter.status !== 'measured') return expect.unreachable();
    expect(truth.median).toBeGreaterThan(1);
    expect(Math.abs(jitter.median - truth.median)).toBeLessThan(0.05);
    expect(Math.abs(jitter.rms - truth.rms)).toBeLessThan(0.05);
  });

  test('sees next to none in a steady pan', () => {
    const { jitter, lostPairs } = result.stabilized;
    expect(lostPairs).toBe(0);
    expect(jitter.status === 'measured' && jitter.median).toBeLessThan(0.06);
    expect(result.stabilized.isStatic).toBe(false);
  });

  test('finds every frame again, unstretched and uncropped', () => {
    expect(result.frames).toMatchObject({ original: 28, matched: 28 });
    expect(result.cropping).toBeGreaterThan(0.98);
    expect(result.distortion.singular.min).toBeGreaterThan(0.98);
    expect(result.borders.frameShare).toBe(0);
  });

  test('compares clips of different size', async () => {
    const referee = await createClassicalEstimator();
    const whole = renderSyntheticClip({ ...scene, shake: 6, frames: 8 });
    const half = mapped(whole, { width: 320, height: 180 }, halve);
    const evaluation = await evaluateClip({ original: whole, stabilized: half, referee });
    expect(evaluation.frames.matched).toBe(8);
    expect(Math.abs(evaluation.cropping - 1)).toBeLessThan(0.003);
    expect(evaluation.distortion.singular.min).toBeGreaterThan(0.995);
  });

  test('finds a zoom of 1.5 with a shift, from nothing', async () => {
    const referee = await createClassicalEstimator();
    const clip = renderSyntheticClip({ ...scene, shake: 6, frames: 8 });
    const evaluation = await evaluateClip({
      original: clip,
      stabilized: mapped(clip, size, (frame) => zoom(frame, 1.5, 40, -25)),
      referee,
    });
    expect(evaluation.frames.matched).toBe(8);
    expect(evaluation.cropping).toBeCloseTo(1 / 1.5, 3);
  });
});

/** The clip with each frame's luma replaced. */
function mapped(source: FrameSource, size: Size, luma: (frame: HostFrame) => Uint8Array): FrameSource {
  return {
    ...source,
    info: { ...source.info, ...size },
    async *frames(options) {
      for await (const frame of source.frames(options)) {
        if (frame.memory !== 'host') throw new Error('The synthetic clip renders in host memory.');
        const plane = { ...frame.planes[0], ...size, stride: size.width, data: luma(frame) };
        yield { ...frame, ...size, planes: [plane], close() {} };
        frame.close();
      }
    },
  };
}

/** Every second pixel of both axes, averaged with its neighbours. */
function halve(frame: HostFrame): Uint8Array {
  const { width, height, stride, data } = frame.planes[0];
  return Uint8Array.from({ length: (width * height) / 4 }, (_, k) => {
    const i = 2 * Math.floor(k / (width / 2)) * stride + 2 * (k % (width / 2));
    return Math.round((data[i] + data[i + 1] + data[i + stride] + data[i + stride + 1]) / 4);
  });
}

/** Zoomed about the centre and shifted, bilinear. */
function zoom(frame: HostFrame, factor: number, dx: number, dy: number): Uint8Array {
  const { width, height, stride, data } = frame.planes[0];
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  return Uint8Array.from({ length: width * height }, (_, k) => {
    const sx = Math.min(Math.max(cx + ((k % width) - cx - dx) / factor, 0), width - 1.001);
    const sy = Math.min(Math.max(cy + (Math.floor(k / width) - cy - dy) / factor, 0), height - 1.001);
    const i = Math.floor(sy) * stride + Math.floor(sx);
    const [fx, fy] = [sx % 1, sy % 1];
    const top = data[i] + fx * (data[i + 1] - data[i]);
    const bottom = data[i + stride] + fx * (data[i + stride + 1] - data[i + stride]);
    return Math.round(top + fy * (bottom - top));
  });
}
