import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { MotionField } from '@gimbal/core';
import { addonInfo, cudaBridge } from '@gimbal/native';
import { beforeAll, describe, expect, test } from 'vitest';
import { shakyClip } from '../../pipeline/test/clips.js';
import { clip as encodedClip, folder } from '../../pipeline/test/engineClips.js';
import { steadied } from '../../pipeline/test/steadied.js';
import { runGimbal } from './runGimbal.js';

const { unavailable, devices } = addonInfo().cudaReport;
if (unavailable) console.log(`the whole loop on CUDA: skipped, ${unavailable}`);
const two = devices.filter(({ unusable }) => unusable === '').length >= 2;
if (!unavailable && !two) console.log('two clips on two devices: skipped, fewer than two CUDA devices can be used');

/** Peak signal-to-noise ratio over all samples of a clip, dB. */
function psnr(a: readonly Uint8Array[], b: readonly Uint8Array[]): number {
  let error = 0;
  let count = 0;
  for (const [i, picture] of a.entries()) {
    for (let k = 0; k < picture.length; k++) error += (picture[k] - b[i][k]) ** 2;
    count += picture.length;
  }
  return 10 * Math.log10((255 * 255 * count) / error);
}

/** Largest difference of two homographies' entries, translations in pixels. */
const difference = (a: readonly MotionField[], b: readonly MotionField[]) =>
  Math.max(
    ...a.flatMap(({ homographies }, t) => Array.from(homographies, (h, i) => Math.abs(h - b[t].homographies[i]))),
  );

/** The clips that were carried to this machine, or one that is made here. */
async function clips(): Promise<string[]> {
  const carried = process.env.GIMBAL_CLIPS;
  if (carried !== undefined) return readdirSync(carried).map((name) => path.join(carried, name));
  const synthetic = path.join(folder, 'shaky.mp4');
  await shakyClip(synthetic, { frames: 40, size: { width: 640, height: 360 } });
  return [synthetic];
}

describe.skipIf(unavailable !== '')('the whole loop on a device', () => {
  let files: string[] = [];
  beforeAll(async () => {
    await cudaBridge.shareContext(0);
    files = await clips();
  });

  test('gives the pictures of the CPU, and the same every time', { timeout: 120_000 }, async () => {
    for (const file of files) {
      const cpu = await steadied(file, 'cpu');
      const cuda = await steadied(file, 'cuda:0');
      const again = await steadied(file, 'cuda:0');
      expect(cuda.placement).toMatchObject({ device: 'cuda:0', kept: { complete: true, passes: 1 } });
      expect(cuda.pictures.length).toBe(cpu.pictures.length);
      expect(cuda.steps.map(({ verdict }) => verdict)).toEqual(cpu.steps.map(({ verdict }) => verdict));
      const ratio = psnr(cpu.pictures, cuda.pictures);
      const motion = difference(cpu.steps, cuda.steps);
      console.log(
        `${path.basename(file)}: ${cuda.placement.decoder}, PSNR ${ratio.toFixed(1)} dB, motion within ${motion.toExponential(1)}`,
      );
      expect(ratio).toBeGreaterThanOrEqual(50);
      expect(motion).toBeLessThanOrEqual(0.05);
      expect(again.steps).toEqual(cuda.steps);
      const uploaded = await steadied(file, 'cuda:0', { decoder: 'software', threads: undefined });
      expect(uploaded.placement).toMatchObject({ decoder: 'software', kept: { complete: true, passes: 1 } });
      expect(uploaded.steps).toEqual(cuda.steps);
      expect(psnr(cpu.pictures, uploaded.pictures)).toBeGreaterThanOrEqual(50);
      expect(again.pictures.every((picture, t) => Buffer.compare(picture, cuda.pictures[t]) === 0)).toBe(true);
    }
  });

  test('a clip that does not fit is decoded twice, and comes out the same', { timeout: 60_000 }, async () => {
    const [file] = files;
    const whole = await steadied(file, 'cuda:0');
    for (const budget of [0, 5 * 2 ** 20]) {
      const tight = await steadied(file, 'cuda:0', { deviceMemory: budget });
      expect(tight.placement.kept).toMatchObject({ complete: false, passes: 2, frames: 0 });
      expect(tight.steps).toEqual(whole.steps);
      expect(tight.pictures.every((picture, t) => Buffer.compare(picture, whole.pictures[t]) === 0)).toBe(true);
    }
  });

  test('in one pass it is decoded once, kept nowhere, and comes out as on the CPU', { timeout: 120_000 }, async () => {
    for (const file of files) {
      const cpu = await steadied(file, 'cpu', { lookAhead: 1 });
      for (const decoder of ['auto', 'software'] as const) {
        const cuda = await steadied(file, 'cuda:0', { lookAhead: 1, decoder });
        expect(cuda.placement.kept).toMatchObject({ complete: false, passes: 1, frames: 0 });
        expect(cuda.pictures.length).toBe(cpu.pictures.length);
        const ratio = psnr(cpu.pictures, cuda.pictures);
        console.log(`${path.basename(file)} in one pass: ${cuda.placement.decoder}, PSNR ${ratio.toFixed(1)} dB`);
        expect(ratio).toBeGreaterThanOrEqual(50);
        const again = await steadied(file, 'cuda:0', { lookAhead: 1, decoder });
        expect(again.pictures.every((picture, t) => Buffer.compare(picture, cuda.pictures[t]) === 0)).toBe(true);
      }
    }
  });

  test('ten bits, and what only software decodes', { timeout: 60_000 }, async () => {
    for (const [codec, pixels, file] of [
      ['h265', 'yuv420p10le', 'ten.mp4'],
      ['ffv1', 'yuv422p', 'lossless.mkv'],
    ] as const) {
      const made = await encodedClip({ codec, pixels, width: 322, height: 182, file });
      const ended = await runGimbal([
        'stabilize',
        made,
        `${made}.out.mkv`,
        '--device',
        'cuda',
        '--json',
        '--overwrite',
      ]);
      expect(ended.code, ended.stderr).toBe(0);
      const { placement, ok, notes } = JSON.parse(ended.stdout);
      expect(ok).toBe(true);
      expect(placement).toMatchObject({ device: 'cuda:0', kept: { complete: true } });
      if (codec === 'ffv1') expect(placement.decoder).toBe('software');
      const insisting = ['--device', 'auto', '--decoder', 'nvdec', '--json', '--overwrite'];
      const insisted = await runGimbal(['stabilize', made, `${made}.nvdec.mkv`, ...insisting]);
      if (codec === 'ffv1') {
        expect(insisted.stderr).toMatch(/Decoder 'nvdec' .* cannot be used: .*ffv1/);
        expect(insisted.code).toBe(6);
      } else
        expect(JSON.parse(insisted.stdout).placement).toMatchObject({ decoder: 'nvdec', kept: { complete: true } });
      expect(notes.filter((note: string) => note.includes('nv12'))).toEqual([]);
    }
  });

  test('an estimator that reads host memory works on frames of the device', { timeout: 60_000 }, async () => {
    const [file] = files;
    const out = path.join(folder, 'host-estimator.mp4');
    const options = ['--device', 'auto', '--estimator-option', 'device="cpu"', '--json', '--overwrite'];
    const ended = await runGimbal(['stabilize', file, out, ...options]);
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, placement: { device: 'cuda:0' } });
  });

  test.skipIf(!two)('two clips on two devices do not disturb each other', { timeout: 120_000 }, async () => {
    const [first, second = first] = files;
    const alone = [await steadied(first, 'cuda:0'), await steadied(second, 'cuda:1', { interpolation: 'bicubic' })];
    const together = await Promise.all([
      steadied(first, 'cuda:0'),
      steadied(second, 'cuda:1', { interpolation: 'bicubic' }),
    ]);
    for (const [i, { steps, pictures, placement }] of together.entries()) {
      expect(placement.device).toBe(`cuda:${i}`);
      expect(steps).toEqual(alone[i].steps);
      expect(pictures.every((picture, t) => Buffer.compare(picture, alone[i].pictures[t]) === 0)).toBe(true);
    }
  });
});
