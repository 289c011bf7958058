import { composeHomographies, cornerError, identityHomography, invertHomography } from '@gimbal/core/geometry';
import { checkPlugin } from '@gimbal/core/plugins';
import { expect, test, vi } from 'vitest';
import plugin, { createClassicalEstimator } from '../src/index.js';
import { flat, frameOf, type Picture } from './frames.js';
import { cameraMotion, draw, shoot, textured } from './scenes.js';

const WIDTH = 320;
const HEIGHT = 200;
const size = { width: WIDTH, height: HEIGHT };
const still = identityHomography();
const scene = textured(3);
const first = shoot(scene, WIDTH, HEIGHT, still);
const truth = cameraMotion(WIDTH, HEIGHT, 3.25, -2.5, 0.6, 1.008);
const second = shoot(scene, WIDTH, HEIGHT, truth);

test('a pair gives its homography in full-resolution pixels', async () => {
  const estimator = await createClassicalEstimator();
  const field = await estimator.estimate(frameOf(first), frameOf(second));
  expect(field).toMatchObject({ rows: 1, cols: 1, model: 'homography', verdict: 'ok', size });
  expect(field.confidence).toBeGreaterThan(0.8);
  expect(cornerError(field.homographies, truth, size)).toBeLessThan(0.05);
});

test('analysing at half the size honours the half-pixel offset', async () => {
  const estimator = await createClassicalEstimator({ analysisSize: 160, corners: 200 });
  const field = await estimator.estimate(frameOf(first), frameOf(second));
  expect(cornerError(field.homographies, truth, size)).toBeLessThan(0.1);
});

test('padded rows, 10 bit and shifted 10 bit say the same', async () => {
  const estimator = await createClassicalEstimator();
  for (const [depth, shift, padding] of [
    [8, 0, 37],
    [10, 0, 6],
    [10, 6, 0],
  ] as const) {
    const field = await estimator.estimate(
      frameOf(first, depth, shift, padding),
      frameOf(second, depth, shift, padding),
    );
    expect(cornerError(field.homographies, truth, size)).toBeLessThan(0.05);
  }
});

test('the same pair gives the same bits, whatever the threads and the order of calls', async () => {
  const [a, b, c] = [
    frameOf(first),
    frameOf(second),
    frameOf(shoot(scene, WIDTH, HEIGHT, composeHomographies(truth, truth))),
  ];
  const one = await createClassicalEstimator({ threads: 1, continuity: false });
  const three = await createClassicalEstimator({ threads: 3, continuity: false });
  const alone = [await one.estimate(a, b), await one.estimate(b, c)];
  const together = await Promise.all([three.estimate(a, b), three.estimate(b, c), three.estimate(a, b)]);
  expect(together[0].homographies).toEqual(alone[0].homographies);
  expect(together[1].homographies).toEqual(alone[1].homographies);
  expect(together[2].homographies).toEqual(alone[0].homographies);
});

test('with continuity the answer stays with the background when something large moves in front of it', async () => {
  const object = textured(11);
  const frames = Array.from({ length: 17 }, (_, i) => {
    const view = cameraMotion(WIDTH, HEIGHT, -1.5 * i, 0.5 * i, 0, 1);
    // A window in the middle that grows from 20 % to 68 % of the frame; what it shows moves on its own.
    const mover = {
      scene: (x: number, y: number) => object(x - 5 * i, y + 3 * i),
      area: 0.2 + 0.03 * i,
      x: 0,
      y: 0,
    };
    return frameOf(shoot(scene, WIDTH, HEIGHT, view, mover));
  });
  const background = cameraMotion(WIDTH, HEIGHT, -1.5, 0.5, 0, 1);
  const lastError = async (continuity: boolean) => {
    const estimator = await createClassicalEstimator({ continuity });
    let error = Number.NaN;
    for (let i = 1; i < frames.length; i++) {
      const field = await estimator.estimate(frames[i - 1], frames[i]);
      error = cornerError(field.homographies, background, size);
    }
    return error;
  };
  expect(await lastError(true)).toBeLessThan(0.3);
  expect(await lastError(false)).toBeGreaterThan(3);
});

test('what a mask leaves out is not followed, however much of the picture it is', async () => {
  const truth = cameraMotion(WIDTH, HEIGHT, 6, -4, 0.5, 1.01);
  // A still picture over the middle 70 % of the area.
  const still = { scene: textured(21), area: 0.7, x: 0, y: 0 };
  const pair = [identityHomography(), truth].map((view) => frameOf(shoot(scene, WIDTH, HEIGHT, view, still)));
  // Coarser than the frame: what the mask spreads over it covers the still part and a few pixels more.
  const [width, height] = [80, 45];
  const data = Uint8Array.from({ length: width * height }, (_, k) => {
    const [x, y] = [k % width, Math.floor(k / width)];
    return Math.abs((x + 0.5) / width - 0.5) < 0.44 && Math.abs((y + 0.5) / height - 0.5) < 0.44 ? 0 : 255;
  });
  const error = async (mask?: { width: number; height: number; data: Uint8Array }) => {
    const estimator = await createClassicalEstimator({ mask });
    const field = await estimator.estimate(pair[0], pair[1]);
    return cornerError(field.homographies, truth, size);
  };
  expect(await error()).toBeGreaterThan(3);
  expect(await error({ width, height, data })).toBeLessThan(0.3);
  // A mask that hides nothing changes nothing.
  const [plain, whole] = await Promise.all([
    createClassicalEstimator(),
    createClassicalEstimator({ mask: { width: 1, height: 1, data: Uint8Array.of(1) } }),
  ]);
  const fields = [await plain.estimate(pair[0], pair[1]), await whole.estimate(pair[0], pair[1])];
  expect(Array.from(fields[1].homographies)).toEqual(Array.from(fields[0].homographies));
  await expect(createClassicalEstimator({ mask: { width: 2, height: 2, data: new Uint8Array(3) } })).rejects.toThrow(
    'received "2 × 2, 3 samples"',
  );
});

test('many frames in a row keep their preparation apart', async () => {
  const estimator = await createClassicalEstimator({ corners: 100 });
  const views = Array.from({ length: 12 }, (_, i) => cameraMotion(WIDTH, HEIGHT, 2 * draw(i), 2 * draw(i + 50), 0, 1));
  const frames = views.map((view) => frameOf(shoot(scene, WIDTH, HEIGHT, view)));
  const expectPair = async (i: number, j: number) => {
    const field = await estimator.estimate(frames[i], frames[j]);
    const map = composeHomographies(views[j], invertHomography(views[i]));
    expect(cornerError(field.homographies, map, size)).toBeLessThan(0.06);
  };
  for (let i = 1; i < frames.length; i++) await expectPair(i - 1, i);
  await expectPair(0, 11); // long forgotten: prepared again
});

test('trace shows the points behind the answer', async () => {
  const estimator = await createClassicalEstimator();
  const mover = { scene: textured(9), area: 0.2, x: 8, y: 5 };
  const before = frameOf(shoot(scene, WIDTH, HEIGHT, still, { ...mover, x: 0, y: 0 }));
  const after = frameOf(shoot(scene, WIDTH, HEIGHT, truth, mover));
  const { field, points, coverage } = await estimator.trace(before, after);
  expect(field.homographies).toEqual((await estimator.estimate(before, after)).homographies);
  const inlier = points.filter((p) => p.state === 'inlier');
  expect(inlier.length).toBeGreaterThan(150);
  expect(coverage).toBeGreaterThan(0.6);
  const half = Math.sqrt(0.2) / 2 - 0.03;
  const onMover = inlier.filter((p) => Math.abs(p.x / WIDTH - 0.5) < half && Math.abs(p.y / HEIGHT - 0.5) < half);
  expect(onMover.length).toBeLessThan(5);
});

test('a guess leads to a motion of half the frame', async () => {
  const estimator = await createClassicalEstimator();
  const far = cameraMotion(WIDTH, HEIGHT, 130, 40, 0, 1);
  const field = await estimator.estimate(frameOf(first), frameOf(shoot(scene, WIDTH, HEIGHT, far)), {
    guess: cameraMotion(WIDTH, HEIGHT, 126, 43, 0, 1),
  });
  expect(cornerError(field.homographies, far, size)).toBeLessThan(0.2);
});

test.each([
  ['1×1', flat(1, 1, 9), flat(1, 1, 200)],
  ['2×300', flat(2, 300, 9), flat(2, 300, 9)],
  ['7×5 of noise', noise(7, 5, 1), noise(7, 5, 2)],
  ['31×17 of noise', noise(31, 17, 1), noise(31, 17, 2)],
  ['flat', flat(320, 180, 80), flat(320, 180, 90)],
  ['black', flat(320, 180, 0), flat(320, 180, 0)],
  ['into a white flash', first, flat(WIDTH, HEIGHT, 255)],
  ['out of black', flat(WIDTH, HEIGHT, 16), first],
])('%s: the identity, and says that it is weak', async (_name, before, after) => {
  const estimator = await createClassicalEstimator();
  const field = await estimator.estimate(frameOf(before), frameOf(after));
  expect(field.homographies).toEqual(still);
  expect(field).toMatchObject({ verdict: 'weak', model: 'identity', confidence: 0 });
});

test('another scene is a cut; a fast pan, a blurred frame and a flash are not', async () => {
  const estimator = await createClassicalEstimator();
  const of = async (picture: Picture) => (await estimator.estimate(frameOf(first), frameOf(picture))).verdict;
  expect(await of(shoot(textured(77), WIDTH, HEIGHT, still))).toBe('cut');
  expect(await of(shoot(scene, WIDTH, HEIGHT, cameraMotion(WIDTH, HEIGHT, 80, 20, 0, 1)))).not.toBe('cut');
  const smear = Array.from({ length: 25 }, (_, k) =>
    shoot(scene, WIDTH, HEIGHT, cameraMotion(WIDTH, HEIGHT, 10 + k, 0, 0, 1)),
  );
  const blurred = {
    ...first,
    luma: first.luma.map((_, i) => smear.reduce((sum, p) => sum + p.luma[i], 0) / smear.length),
  };
  expect(await of(blurred)).not.toBe('cut');
  const flash = await estimator.estimate(
    frameOf(first),
    frameOf({ ...second, luma: second.luma.map((v) => 120 + 0.5 * v) }),
  );
  expect(flash.verdict).toBe('ok');
  expect(cornerError(flash.homographies, truth, size)).toBeLessThan(0.06);
});

test('a repeated frame is a duplicate; fresh grain on a still scene is not', async () => {
  const estimator = await createClassicalEstimator();
  expect((await estimator.estimate(frameOf(first), frameOf(first))).verdict).toBe('duplicate');
  const touched = { ...first, luma: first.luma.map((v, i) => (i % WIDTH < 24 && i < WIDTH * 16 ? v + 2 : v)) };
  expect((await estimator.estimate(frameOf(first), frameOf(touched))).verdict).toBe('duplicate'); // as an encoder repeats
  const grain = { ...first, luma: first.luma.map((v, i) => v + 3 * draw(i + 1e6)) };
  const field = await estimator.estimate(frameOf(first), frameOf(grain));
  expect(field.verdict).toBe('ok');
  expect(cornerError(field.homographies, still, size)).toBeLessThan(0.03);
});

test('wrong frames, an abort and use after dispose are clear errors', async () => {
  const estimator = await createClassicalEstimator();
  const [a, b] = [frameOf(first), frameOf(flat(100, 50, 1))];
  await expect(estimator.estimate(a, b)).rejects.toMatchObject({
    code: 'GIMBAL_E_INVALID_ARGUMENT',
    message: expect.stringMatching(/320×200 and 100×50/),
  });
  const signal = AbortSignal.abort();
  await expect(estimator.estimate(a, a, { signal })).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  await estimator.dispose?.();
  await expect(estimator.estimate(a, a)).rejects.toMatchObject({
    code: 'GIMBAL_E_INVALID_ARGUMENT',
    message: expect.stringMatching(/disposed/),
  });
});

test('a plane shorter than it says is refused, not read', async () => {
  const estimator = await createClassicalEstimator();
  const whole = frameOf(first);
  const cut = { ...whole, planes: [{ ...whole.planes[0], data: whole.planes[0].data.subarray(0, 1000) }] };
  await expect(estimator.estimate(whole, cut)).rejects.toThrow(/current frame .* bytes, received 1000/);
});

test.each([undefined, null, 'first.png', {}, new Uint8Array(9), { ...frameOf(first), planes: [] }])(
  'what is no frame (%o) is refused by name',
  async (wrong) => {
    const estimator = await createClassicalEstimator();
    const invalid = {
      code: 'GIMBAL_E_INVALID_ARGUMENT',
      message: expect.stringMatching(/^The previous frame is not a/),
    };
    await expect(estimator.estimate(wrong as never, frameOf(second))).rejects.toMatchObject(invalid);
    await expect(estimator.estimateBatch?.([[wrong as never, frameOf(second)]])).rejects.toMatchObject(invalid);
  },
);

test('the plug-in keeps its contract', async () => {
  const runtime = { platform: 'linux', arch: 'x64', threads: 2, device: 'auto' as const };
  expect(() => checkPlugin(plugin, 'classical')).not.toThrow();
  expect(plugin.meta.name).toBe('classical');
  expect(plugin.supports(runtime)).toBeGreaterThan(0);
  expect(plugin.supports({ ...runtime, device: 'cpu' })).toBeGreaterThan(0);
  const estimator = await plugin.create(plugin.parseOptions({ corners: 50, device: 'cpu' }), { runtime });
  expect(estimator).toMatchObject({ name: 'classical', memory: ['host'] });
});

test.each([
  [{ conrers: 10 }, /"conrers".*analysisSize, corners/],
  [{ corners: '10' }, /"corners".*whole number from 16 to 4000, received "10"/],
  [{ analysisSize: 5 }, /"analysisSize"/],
  [{ seed: 1.5 }, /"seed"/],
  [{ device: 'gpu' }, /"device".*"gpu"/],
  [[1], /object/],
  ['fast', /object/],
])('options %j are refused by name', (options, message) => {
  expect(() => plugin.parseOptions(options)).toThrow(
    expect.objectContaining({ code: 'GIMBAL_E_INVALID_ARGUMENT', message: expect.stringMatching(message) }),
  );
});

test('a missing addon says what to do', async () => {
  vi.resetModules();
  vi.stubEnv('GIMBAL_CUDA_CLASSICAL_PATH', '/nowhere/gimbal_cuda_classical.node');
  const { createClassicalEstimator: fresh } = await import('../src/index.js');
  await expect(fresh()).rejects.toMatchObject({
    code: 'GIMBAL_E_ADDON',
    message: expect.stringMatching(/\/nowhere.*not there.*unset it/),
  });
  vi.unstubAllEnvs();
});

function noise(width: number, height: number, seed: number): Picture {
  return {
    width,
    height,
    luma: Float64Array.from({ length: width * height }, (_, i) => 128 + 100 * draw(i + seed * 99991)),
  };
}
