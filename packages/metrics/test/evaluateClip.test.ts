import type { Homography } from '@gimbal/core';
import {
  applyHomography,
  composeHomographies,
  invertHomography,
  scalingHomography,
  translationHomography,
} from '@gimbal/core/geometry';
import { describe, expect, test } from 'vitest';
import { cornerJitter, describeEvaluation, evaluateClip } from '../src/index.js';
import { poseOracle, type TexturedFrame, texturedClip } from './texturedClip.js';

const size = { width: 160, height: 90 };
const shake = (i: number): Homography => translationHomography(3 * Math.sin(1.9 * i) + i / 4, 2 * Math.cos(2.3 * i));
const steady = (i: number, zoom = 1.2): Homography =>
  composeHomographies(translationHomography(-16 + i / 4, -9), scalingHomography(zoom));
const shots = (
  count: number,
  pose: (i: number) => Homography,
  more: (i: number) => Partial<TexturedFrame> = () => ({}),
) => Array.from({ length: count }, (_, i): TexturedFrame => ({ pose: pose(i), time: i / 25, ...more(i) }));

describe('evaluateClip', () => {
  test('measures what the poses say', async () => {
    const original = texturedClip(size, shots(40, shake));
    const stabilized = texturedClip(
      size,
      shots(40, (i) => steady(i)),
    );
    const done: number[] = [];
    const result = await evaluateClip({
      original,
      stabilized,
      referee: poseOracle,
      series: true,
      onProgress: (progress) => done.push(progress.done),
    });
    expect(result.frames).toEqual({ original: 40, stabilized: 40, paired: 40, matched: 40, missing: 0, added: 0 });
    expect(result.cropping).toBeCloseTo(1 / 1.2, 6);
    expect(result.distortion.singular.min).toBeCloseTo(1, 6);
    expect(result.borders).toEqual({ frameShare: 0, largest: 0 });
    // So small a picture has too few tracks to measure wobble by.
    expect(result.stabilized.wobble.hf).toBeNull();
    expect(result.distortion.local).toBeNull();
    expect(result.unmatched).toEqual([]);
    expect(result.stabilized.jitter).toMatchObject({ status: 'measured' });
    const steps = Array.from({ length: 39 }, (_, i) => {
      const [dx, dy] = [shake(i + 1)[2] - shake(i)[2], shake(i + 1)[5] - shake(i)[5]];
      return translationHomography(4 * dx, 4 * dy);
    });
    const truth = cornerJitter(steps, { width: 640, height: 360 });
    if (truth.status !== 'measured' || result.original.jitter.status !== 'measured') return expect.unreachable();
    expect(result.original.jitter.median).toBeCloseTo(truth.median, 6);
    expect(result.original.jitter.rms).toBeCloseTo(truth.rms, 6);
    expect(result.series?.cropping).toHaveLength(40);
    expect(result.series?.jitterStabilized).toHaveLength(38);
    expect(Math.min(...(result.series?.correlation ?? []))).toBeGreaterThan(0.8);
    expect(done).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(JSON.stringify(result)).not.toMatch(/NaN|Infinity/);
    expect(describeEvaluation(result).find(({ label }) => label === 'Picture kept (cropping ratio)')?.after).toBe(
      '83.3',
    );
    expect([original.open(), stabilized.open()]).toEqual([0, 0]);
  });

  test('a dropped and an added frame do not shift the rest', async () => {
    const original = texturedClip(size, shots(30, shake));
    const frames = shots(30, (i) => steady(i));
    const between = { pose: steady(20.5), time: 20.4 / 25 };
    const stabilized = texturedClip(size, [
      ...frames.slice(0, 10),
      ...frames.slice(11, 21),
      between,
      ...frames.slice(21),
    ]);
    const result = await evaluateClip({ original, stabilized, referee: poseOracle, tracks: false });
    expect(result.frames).toEqual({ original: 30, stabilized: 30, paired: 29, matched: 29, missing: 1, added: 1 });
    expect(result.cropping).toBeCloseTo(1 / 1.2, 6);
    expect(result.verdicts).toContain('1 frame of the original is missing.');
    expect(result.verdicts).toContain('1 frame of the stabilized clip is not in the original.');
  });

  test('a clock that starts elsewhere is set right by what the frames show', async () => {
    // An object that moves through the scene tells the frames apart; a pan alone would not.
    const object = (pose: (i: number) => Homography) => (i: number) => ({
      paint: (x: number, y: number) => {
        const [u, v] = applyHomography(invertHomography(pose(i)), x, y);
        return Math.hypot(u - 10 - 4 * i, v - 45) < 14 ? 70 + 8 * (Math.round(u / 4 + v / 7) % 9) : undefined;
      },
    });
    const flat = (i: number): Homography => steady(i, 1);
    const before = shots(30, shake, object(shake));
    const after = shots(30, flat, object(flat));
    const late = before.map((frame) => ({ ...frame, time: frame.time + 0.12 }));
    const original = texturedClip(size, late);
    const stabilized = texturedClip(size, after);
    const result = await evaluateClip({ original, stabilized, referee: poseOracle, tracks: false });
    expect(result.clockOffset).toBeCloseTo(0.12, 9);
    expect(result.frames).toMatchObject({ paired: 30, missing: 0, added: 0 });
    const gap = texturedClip(size, after.slice(3));
    const kept = await evaluateClip({
      original: texturedClip(size, before),
      stabilized: gap,
      referee: poseOracle,
      tracks: false,
    });
    expect(kept.clockOffset).toBe(0);
    expect(kept.frames).toMatchObject({ paired: 27, missing: 3, added: 0 });
  });

  test('a referee that answers nothing is not believed', async () => {
    const double = (i: number): Homography =>
      composeHomographies(Float64Array.of(2, 0, 0.5, 0, 2, 0.5, 0, 0, 1), steady(i));
    const original = texturedClip(size, shots(14, shake));
    const stabilized = texturedClip({ width: 320, height: 180 }, shots(14, double));
    // The oracle does not know resized frames: every pair is refused, none is believed to be unmoved.
    await expect(evaluateClip({ original, stabilized, referee: poseOracle, tracks: false })).rejects.toMatchObject({
      code: 'GIMBAL_E_UNMATCHED',
    });
  });

  test('a cut in the original breaks both runs', async () => {
    const cut = (i: number): Partial<TexturedFrame> => ({ scene: i < 15 ? 0 : 1 });
    const original = texturedClip(size, shots(30, shake, cut));
    const stabilized = texturedClip(
      size,
      shots(30, (i) => (i < 15 ? steady(i) : steady(i + 30)), cut),
    );
    const result = await evaluateClip({ original, stabilized, referee: poseOracle, tracks: false });
    expect([result.original.cuts, result.stabilized.cuts]).toEqual([1, 1]);
    expect(result.frames.matched).toBe(30);
    expect(result.stabilized.jitter.status === 'measured' && result.stabilized.jitter.rms).toBeCloseTo(0, 6);
  });

  test('a static clip says so', async () => {
    const still = (): Homography => translationHomography(0, 0);
    const original = texturedClip(size, shots(30, still));
    const result = await evaluateClip({
      original,
      stabilized: texturedClip(size, shots(30, still)),
      referee: poseOracle,
      tracks: false,
    });
    const none = { status: 'static' };
    expect(result.stabilized.stability).toEqual({ dif2021: none, bundledMin: none, pathMin: none });
    expect(result.verdicts[0]).toBe('The original is static: there is no shake to take away.');
  });

  test('frames that show something else are listed, not counted', async () => {
    const original = texturedClip(size, shots(30, shake));
    const wrong = (i: number): Partial<TexturedFrame> => (i >= 10 && i < 14 ? { scene: 5 } : {});
    const stabilized = texturedClip(
      size,
      shots(30, (i) => steady(i), wrong),
    );
    const result = await evaluateClip({ original, stabilized, referee: poseOracle, tracks: false });
    expect(result.unmatched.map(({ index }) => index)).toEqual([10, 11, 12, 13]);
    expect(result.frames.matched).toBe(26);
    expect(result.cropping).toBeCloseTo(1 / 1.2, 6);
    expect(result.stabilized.lostPairs).toBe(2);
  });

  test('another clip is refused, and all frames are closed', async () => {
    const original = texturedClip(size, shots(20, shake));
    const stabilized = texturedClip(
      size,
      shots(
        20,
        (i) => steady(i),
        () => ({ scene: 3 }),
      ),
    );
    await expect(evaluateClip({ original, stabilized, referee: poseOracle, tracks: false })).rejects.toMatchObject({
      code: 'GIMBAL_E_UNMATCHED',
      message: expect.stringMatching(/^Only 0 of 20 frames/),
    });
    expect([original.open(), stabilized.open()]).toEqual([0, 0]);
  });

  test('black borders are seen', async () => {
    const paint = (i: number) => ({ paint: (x: number) => (i % 2 === 0 && x < 8 ? 16 : undefined) });
    const original = texturedClip(size, shots(20, shake));
    const stabilized = texturedClip(
      size,
      shots(20, (i) => steady(i), paint),
    );
    const result = await evaluateClip({ original, stabilized, referee: poseOracle, tracks: false });
    expect(result.borders.frameShare).toBe(0.5);
    expect(result.borders.largest).toBeCloseTo(8 / 160, 6);
  });

  test('stops early, on request and when cancelled', async () => {
    const original = texturedClip(size, shots(40, shake));
    const stabilized = texturedClip(
      size,
      shots(40, (i) => steady(i)),
    );
    const short = await evaluateClip({ original, stabilized, referee: poseOracle, tracks: false, maxFrames: 5 });
    expect(short.frames.original).toBe(5);
    expect(short.stabilized.stability.dif2021).toEqual({ status: 'too-short' });
    const controller = new AbortController();
    const run = evaluateClip({
      original,
      stabilized,
      referee: poseOracle,
      tracks: false,
      signal: controller.signal,
      onProgress: ({ done }) => done === 3 && controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    expect([original.open(), stabilized.open()]).toEqual([0, 0]);
  });

  test('a clip without frames is an error', async () => {
    const run = evaluateClip({
      original: texturedClip(size, []),
      stabilized: texturedClip(size, []),
      referee: poseOracle,
      tracks: false,
    });
    await expect(run).rejects.toMatchObject({ code: 'GIMBAL_E_INPUT_NOT_VIDEO' });
  });
});
