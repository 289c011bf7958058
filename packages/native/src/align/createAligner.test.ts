import type { Frame, HostFrame } from '@gimbal/core';
import { cornerError, identityHomography, translationHomography } from '@gimbal/core/geometry';
import { describe, expect, test } from 'vitest';
import { formatNamed, frameOf } from '../testFrames.js';
import { createAligner } from './createAligner.js';

const size = { width: 320, height: 200 };

/** A smooth pattern with detail everywhere, seen by a camera that stands at (x, y). */
function patternAt(left: number, top: number, name = 'gray', gain = 1): HostFrame {
  const format = formatNamed(name);
  const unit = 2 ** (format.bitDepth - 8);
  return frameOf(format, size, (plane, px, py) => {
    if (plane > 0) return 1 << (format.bitDepth - 1);
    const [x, y] = [px + left, py + top];
    const wave =
      Math.sin(0.31 * x + 0.013 * y * y * 0.1) +
      Math.sin(0.27 * y - 0.11 * x) +
      Math.sin(0.017 * x * y * 0.2 + 0.19 * x);
    return Math.round(unit * gain * (110 + 28 * wave));
  });
}

describe('align', () => {
  test.each(['gray', 'yuv420p10le', 'p010le'])('finds a shift of a fraction of a pixel: %s', async (name) => {
    const [previous, current] = [patternAt(0, 0, name), patternAt(2.4, -1.3, name, 0.9)];
    const found = await createAligner().align(previous, current, translationHomography(-1.6, 0.7));
    expect(found.converged).toBe(true);
    expect(cornerError(found.homography, translationHomography(-2.4, 1.3), size)).toBeLessThan(0.05);
    expect(found.inlierShare).toBeGreaterThan(0.95);
    expect(found.cornerSigma).toBeLessThan(0.1);
    expect(found.residual).toBeLessThan(2);
  });

  test('frames are prepared once and remembered per handle, many at a time', async () => {
    const aligner = createAligner({ threads: 2 });
    const frames = Array.from({ length: 9 }, (_, i) => patternAt(0.8 * i, 0));
    const pairs = [...frames.slice(1), ...frames.slice(1).reverse()].map((current) => [frames[0], current] as const);
    const guesses = pairs.map(([, current]) => translationHomography(-0.8 * frames.indexOf(current) + 0.5, 0.4));
    const found = await Promise.all(pairs.map(([p, c], i) => aligner.align(p, c, guesses[i])));
    found.forEach(({ homography }, i) => {
      const truth = translationHomography(-0.8 * frames.indexOf(pairs[i][1]), 0);
      expect(cornerError(homography, truth, size)).toBeLessThan(0.06);
      expect(homography).toEqual(found[found.length - 1 - i].homography);
    });
    aligner.dispose();
    await expect(aligner.align(frames[0], frames[1], guesses[0])).rejects.toMatchObject({
      code: 'GIMBAL_E_INVALID_ARGUMENT',
    });
  });

  test('what was trusted decides which of two motions is followed', async () => {
    // The left half of the picture goes one way, the right half another.
    const seen = (i: number) => {
      const [left, right] = [patternAt(0.9 * i, 0), patternAt(500 - 0.9 * i, 300)];
      return frameOf(
        formatNamed('gray'),
        size,
        (_, x, y) => (x < 160 ? left : right).planes[0].data[y * left.planes[0].stride + x],
      );
    };
    const [previous, current] = [seen(0), seen(1)];
    const aligner = createAligner();
    for (const [side, shift] of [
      [0, -0.9],
      [1, 0.9],
    ]) {
      const trust = Float32Array.from({ length: 48 }, (_, cell) => (cell % 8 < 4 === (side === 0) ? 1 : 0));
      const found = await aligner.align(previous, current, identityHomography(), { trust });
      expect(found.converged).toBe(true);
      expect(cornerError(found.homography, translationHomography(shift, 0), size)).toBeLessThan(0.3);
      const kept = (half: number) =>
        found.trust.reduce((sum, t, cell) => sum + (cell % 8 < 4 === (half === 0) ? t : 0), 0);
      expect(kept(side)).toBeGreaterThan(2 * kept(1 - side));
    }
  });

  test('identical frames stay where they are', async () => {
    const frame = patternAt(0, 0);
    const { homography, converged } = await createAligner().align(frame, patternAt(0, 0), identityHomography());
    expect(converged).toBe(true);
    expect(cornerError(homography, identityHomography(), size)).toBeLessThan(0.01);
  });

  test('what cannot be refined comes back as it was', async () => {
    const flat = (level: number) => frameOf(formatNamed('gray'), size, () => level);
    const start = Float64Array.of(2, 0, 3, 0, 2, 1, 0, 0, 2); // a shift, its scale not 1
    const aligner = createAligner();
    for (const [previous, current] of [
      [flat(0), flat(0)],
      [flat(255), flat(255)],
      [patternAt(0, 0), flat(90)],
    ]) {
      expect(await aligner.align(previous, current, start)).toMatchObject({
        converged: false,
        homography: start,
        cornerSigma: Number.POSITIVE_INFINITY,
      });
    }
    const mirror = Float64Array.of(-1, 0, 319, 0, 1, 0, 0, 0, 1);
    expect(await aligner.align(patternAt(0, 0), patternAt(0, 0), mirror)).toMatchObject({
      converged: false,
      homography: mirror,
    });
  });

  test('where the caller is wrong, an error says so', async () => {
    const aligner = createAligner();
    const frame = patternAt(0, 0);
    const smaller = frameOf(formatNamed('gray'), { width: 64, height: 48 }, () => 0);
    const cuda = { ...frame, memory: 'cuda', planes: [] } as unknown as Frame;
    const still = identityHomography();
    const invalid = { code: 'GIMBAL_E_INVALID_ARGUMENT' };
    for (const refused of [
      aligner.align(frame, smaller, still),
      aligner.align(frame, patternAt(0, 0, 'p010le'), still),
      aligner.align(cuda, frame, still),
      aligner.align(frame, frame, Float64Array.of(1, 0, Number.NaN, 0, 1, 0, 0, 0, 1)),
      aligner.align(frame, frame, still.subarray(0, 8)),
      aligner.align(frame, frame, still, { weights: new Float32Array(5) }),
      aligner.align(frame, frame, still, { weights: Float32Array.of(2) }),
      aligner.align(frame, frame, still, { weights: Float32Array.of(Number.NaN) }),
      aligner.align(frame, frame, still, { trust: new Float32Array(47) }),
      aligner.align(frame, frame, still, { trust: new Float32Array(48).fill(2) }),
    ]) {
      await expect(refused).rejects.toMatchObject(invalid);
    }
    await expect(aligner.align(frame, frame, still, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'GIMBAL_E_CANCELLED',
    });
    for (const options of [{ analysisSize: 31 }, { points: 1.5 }, { reach: 0 }, { threads: Number.NaN }]) {
      expect(() => createAligner(options)).toThrow(expect.objectContaining(invalid));
    }
  });

  test('a frame is not read after it is closed', async () => {
    const frame = patternAt(0, 0);
    frame.close();
    await expect(createAligner().align(frame, patternAt(0, 0), identityHomography())).rejects.toMatchObject({
      code: 'GIMBAL_E_INVALID_ARGUMENT',
    });
  });
});
