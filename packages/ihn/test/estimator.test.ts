import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Homography, MotionField } from '@gimbal/core';
import { composeHomographies, cornerError, identityHomography, translationHomography } from '@gimbal/core/geometry';
import { afterAll, describe, expect, test } from 'vitest';
import { gridHomography } from '../src/grid/gridCorners.js';
import { createIhnEstimator, type LearnedEstimator } from '../src/index.js';
import { refinementOrder } from '../src/network/refinementOrder.js';
import { readWeights, scheduleOf } from '../src/network/weightFiles.js';
import { draw, frameOf, shot } from './scene.js';
import { untrained, withoutWeights } from './weights.js';

if (withoutWeights) console.warn(`ihn: estimator tests are skipped, ${withoutWeights}`);
if (untrained) console.warn(`ihn: tests of accuracy are skipped, ${untrained}`);

const size = { width: 320, height: 200 };
const truth = Float64Array.of(1.004, -0.008, 4.2, 0.009, 1.003, -3.1, 4e-6, -6e-6, 1);
const first = shot(size, 3, identityHomography());
const second = shot(size, 3, truth);
const third = shot(size, 3, composeHomographies(truth, truth));
const open: LearnedEstimator[] = [];
const create: typeof createIhnEstimator = async (options) => {
  const estimator = await createIhnEstimator(options);
  open.push(estimator);
  return estimator;
};
afterAll(() => Promise.all(open.map((estimator) => estimator.dispose())));

const numbers = (field: MotionField) => [...field.homographies, field.confidence];
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));

describe.skipIf(withoutWeights !== undefined)('the learned estimator', async () => {
  const estimator = withoutWeights === undefined ? await create() : (undefined as unknown as LearnedEstimator);
  const schedule = withoutWeights === undefined ? scheduleOf(await readWeights(undefined)) : [];

  test('answers with a motion field of the frame, and tells what it rests on', async () => {
    const { field, corners, inliers, expectedError, correlation } = await estimator.trace(first, second);
    expect(field).toMatchObject({ rows: 1, cols: 1, size });
    expect(corners.length).toBe(refinementOrder(schedule, undefined).length);
    for (const step of corners) expect(step.length).toBe(8);
    expect(inliers?.data.length).toBe((inliers?.cells ?? 0) ** 2);
    for (const value of inliers?.data ?? []) expect(value >= 0 && value <= 1).toBe(true);
    expect(expectedError).toBeGreaterThan(0);
    expect(Math.abs(correlation ?? 9)).toBeLessThanOrEqual(1);
    expect(numbers(await estimator.estimate(first, second))).toEqual(numbers(field));
  });

  test('identical frames are duplicates and exactly the identity', async () => {
    const field = await estimator.estimate(first, shot(size, 3, identityHomography()));
    expect(field).toMatchObject({ verdict: 'duplicate', model: 'identity', confidence: 1 });
    expect(field.homographies).toEqual(identityHomography());
  });

  test('a batch says what the pairs say one by one, and many at once stay apart', async () => {
    const frames = Array.from({ length: 11 }, (_, i) =>
      shot(size, 5, translationHomography(3 * draw(i), 3 * draw(-i))),
    );
    const pairs = frames.slice(1).map((frame, i) => [frames[i], frame] as const);
    const fresh = await create();
    const batch = await fresh.estimateBatch([...pairs, [first, first]]);
    const together = await Promise.all(pairs.map(([a, b]) => estimator.estimate(a, b)));
    for (const [i, [a, b]] of pairs.entries()) {
      const alone = await estimator.estimate(a, b);
      expect(batch[i]).toMatchObject({ verdict: alone.verdict, model: alone.model });
      expect(cornerError(batch[i].homographies, alone.homographies, size)).toBeLessThan(0.001);
      expect(numbers(together[i])).toEqual(close(numbers(alone)));
    }
    expect(batch[pairs.length].verdict).toBe('duplicate');
    expect(await fresh.estimateBatch([])).toEqual([]);
  });

  test('the answers depend neither on threads nor on which handle holds the picture', async () => {
    const one = await create({ threads: 1 });
    const field = await one.estimate(shot(size, 3, identityHomography()), second);
    expect(numbers(field)).toEqual(close(numbers(await estimator.estimate(first, second))));
  });

  test('as many refinements as asked for', async () => {
    const steps = async (refinements: number | number[]) =>
      (await (await create({ refinements })).trace(first, second)).corners;
    const trained = refinementOrder(schedule, 3);
    const counts = schedule.map(([stride]) => trained.filter((one) => one === stride).length);
    const [three, perStride, ten] = await Promise.all([steps(3), steps(counts), steps(10)]);
    expect([three.length, perStride.length, ten.length]).toEqual([3, 3, 10]);
    expect(perStride).toEqual(three);
    expect([...ten[2]]).toEqual(close([...three[2]]));
  });

  test.each([
    ['1×1', { width: 1, height: 1 }],
    ['1×300', { width: 1, height: 300 }],
    ['2000×3', { width: 2000, height: 3 }],
    ['7×5', { width: 7, height: 5 }],
    ['127×129', { width: 127, height: 129 }],
  ])('%s of noise: a motion field without nonsense in it', async (_name, odd) => {
    const noise = (seed: number) => frameOf(odd, (x, y) => 128 + 100 * draw(seed * 99991 + y * odd.width + x));
    const field = await estimator.estimate(noise(1), noise(2));
    expect(field.size).toEqual(odd);
    expect(numbers(field).every(Number.isFinite)).toBe(true);
  });

  test.each([
    ['black', () => 0, () => 0],
    ['flat', () => 80, () => 90],
    ['into a flash', (x: number, y: number) => 128 + 100 * draw((x >> 3) ^ (y >> 3)), () => 255],
  ])('%s: weak and at rest', async (_name, before, after) => {
    const field = await estimator.estimate(frameOf(size, before), frameOf(size, after));
    expect(field).toMatchObject({ verdict: 'weak', model: 'identity', confidence: 0 });
    expect(field.homographies).toEqual(identityHomography());
  });

  test('counts what it answered', async () => {
    const counted = await create();
    await counted.estimate(first, first);
    await counted.estimate(
      frameOf(size, () => 0),
      first,
    );
    await counted.estimate(first, second);
    const { pairs, fallbacks, models, verdicts } = counted.statistics();
    expect(pairs).toBe(3);
    expect(verdicts.duplicate).toBe(1);
    expect(fallbacks).toBe(verdicts.weak);
    expect(Object.values(models).reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  test('wrong frames, an abort and use after dispose are clear errors', async () => {
    const invalid = (message: RegExp) => ({
      code: 'GIMBAL_E_INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
    const small = frameOf({ width: 100, height: 50 }, () => 1);
    await expect(estimator.estimate(first, small)).rejects.toMatchObject(invalid(/320×200 and 100×50/));
    const plane = {
      shape: [200, 320],
      strides: [320, 1],
      typestr: '|u1' as const,
      pointer: 4096n,
      stream: 1n,
      device: 0,
    };
    const device = { ...first, memory: 'cuda' as const, planes: [plane] };
    await expect(estimator.estimate(first, device)).rejects.toMatchObject(invalid(/host memory.*cuda/));
    const cut = { ...first, planes: [{ ...first.planes[0], data: first.planes[0].data.subarray(0, 1000) }] };
    await expect(estimator.estimate(first, cut)).rejects.toMatchObject(invalid(/bytes, received 1000/));
    const cancelled = { code: 'GIMBAL_E_CANCELLED' };
    await expect(estimator.estimate(first, second, { signal: AbortSignal.abort() })).rejects.toMatchObject(cancelled);
    const later = new AbortController();
    const running = estimator.estimate(second, third, { signal: later.signal });
    later.abort();
    await expect(running).rejects.toMatchObject(cancelled);
    const done = await create();
    const started = done.estimate(first, second);
    await Promise.all([done.dispose(), expect(started).rejects.toMatchObject(invalid(/disposed/))]);
    await expect(done.estimate(first, second)).rejects.toMatchObject(invalid(/disposed/));
    await done.dispose();
  });

  test('the event loop is never blocked for 20 ms', async () => {
    await estimator.warmup?.(size);
    const longest: number[] = [];
    // What else this machine does may block it too: the best of a few rounds is ours.
    for (let round = 0; round < 6; round++) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      for (const [a, b] of [
        [first, second],
        [second, third],
        [third, first],
      ]) {
        await estimator.estimate({ ...a }, { ...b });
      }
      delay.disable();
      longest.push(delay.max / 1e6);
    }
    expect(Math.min(...longest)).toBeGreaterThan(0);
    expect(Math.min(...longest)).toBeLessThan(20);
  });
});

describe.skipIf(untrained !== undefined)('trained weights', async () => {
  const estimator = untrained === undefined ? await create() : (undefined as unknown as LearnedEstimator);
  /** Mean corner error in pixels of the 128 × 128 grid. */
  const gridError = (a: Homography, b: Homography) => (cornerError(a, b, size) * 128) / size.width;

  test('measure a pair', async () => {
    const field = await estimator.estimate(first, second);
    expect(field).toMatchObject({ verdict: 'ok', model: 'homography' });
    expect(gridError(field.homographies, truth)).toBeLessThan(0.15);
  });

  test('swapped frames give the inverse', async () => {
    const there = await estimator.estimate(first, second);
    const back = await estimator.estimate(second, first);
    const round = composeHomographies(back.homographies, there.homographies);
    expect(gridError(round, identityHomography())).toBeLessThan(0.1);
  });

  test.each([
    [1001, 333],
    [640, 360],
    [129, 1025],
  ])('at %i×%i the answer is in pixels of the frame', async (width, height) => {
    const shift = translationHomography(width / 40, -height / 50);
    const [a, b] = [identityHomography(), shift].map((view) => shot({ width, height }, 8, view));
    const [, , x, , , y] = (await estimator.estimate(a, b)).homographies;
    expect(Math.abs(x - shift[2])).toBeLessThan((0.3 * width) / 128);
    expect(Math.abs(y - shift[5])).toBeLessThan((0.3 * height) / 128);
  });

  test('deeper samples say the same', async () => {
    const field = await estimator.estimate(first, second);
    for (const shift of [0, 6]) {
      const deep = [identityHomography(), truth].map((view) => shot(size, 3, view, 10, shift));
      const other = await estimator.estimate(deep[0], deep[1]);
      expect(gridError(other.homographies, field.homographies)).toBeLessThan(0.05);
    }
  });

  test('under noise and another exposure the grey levels make the answer more exact', async () => {
    const grid = { width: 128, height: 128 };
    const bare = await create({ refineAtFullResolution: false });
    const noise = (i: number) => 14 * (draw(3 * i) + draw(3 * i + 1) + draw(3 * i + 2));
    const ratios: number[] = [];
    for (let seed = 20; seed < 26; seed++) {
      const motion = Float64Array.of(1.03, -0.04, 7 + draw(seed), 0.02, 0.97, -5 + draw(-seed), 1e-4, -6e-5, 1);
      const [a, b] = [identityHomography(), motion].map((view, which) => {
        const { data, stride } = shot(grid, seed, view).planes[0];
        const level = (value: number) => (which === 0 ? value : 255 * (0.6 * (value / 255) ** 0.8 + 0.05));
        const of = (x: number, y: number) => (2 * seed + which) * 20_000 + 128 * y + x;
        return frameOf(grid, (x, y) => level(data[y * stride + x]) + noise(of(x, y)));
      });
      const { field, corners } = await bare.trace(a, b);
      const said = gridHomography(corners[corners.length - 1]) as Homography;
      expect(field).toMatchObject({ verdict: 'ok', model: 'homography' });
      ratios.push(cornerError(field.homographies, motion, grid) / cornerError(said, motion, grid));
    }
    // Each pair has luck of its own.
    expect(Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)).toBeLessThan(0.85);
  });
});
