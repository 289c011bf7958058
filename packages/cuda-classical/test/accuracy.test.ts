import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Homography } from '@gimbal/core';
import { applyHomography, frameCorners, identityHomography } from '@gimbal/core/geometry';
import { expect, test } from 'vitest';
import { type ClassicalEstimator, createClassicalEstimator } from '../src/index.js';
import { frameOf, type Picture } from './frames.js';
import { cameraMotion, draw, photographed, type Scene, shoot, textured } from './scenes.js';

const WIDTH = 640;
const HEIGHT = 360;
const size = { width: WIDTH, height: HEIGHT };

/** Distances in pixels between the images of the four frame corners. */
function cornerDistances(a: Homography, b: Homography): number[] {
  const corners = frameCorners(size);
  return [0, 1, 2, 3].map((k) => {
    const [ax, ay] = applyHomography(a, corners[2 * k], corners[2 * k + 1]);
    const [bx, by] = applyHomography(b, corners[2 * k], corners[2 * k + 1]);
    return Math.hypot(ax - bx, ay - by);
  });
}

/** Motions up to 12 px, 3° and 3 % zoom, with 30 % of the area moving on its own: errors at the corners of all cases. */
async function errorsOver(estimator: ClassicalEstimator, scenes: readonly Scene[]): Promise<number[]> {
  const errors: number[] = [];
  for (const [i, scene] of scenes.entries()) {
    const d = (k: number) => draw(1000 * i + k);
    const truth = cameraMotion(WIDTH, HEIGHT, 12 * d(1), 12 * d(2), 3 * d(3), 1 + 0.03 * d(4));
    const mover = { scene: textured(500 + i), area: 0.3, x: 10 * d(5), y: 10 * d(6) };
    const before = shoot(scene, WIDTH, HEIGHT, identityHomography(), { ...mover, x: 0, y: 0 });
    const after = shoot(scene, WIDTH, HEIGHT, truth, mover);
    const field = await estimator.estimate(frameOf(before), frameOf(after));
    errors.push(...cornerDistances(field.homographies, truth));
  }
  return errors;
}

function summary(errors: readonly number[]): { mean: number; p95: number; max: number } {
  const sorted = [...errors].sort((a, b) => a - b);
  const mean = sorted.reduce((sum, e) => sum + e, 0) / sorted.length;
  return { mean, p95: sorted[Math.floor(sorted.length * 0.95)], max: sorted[sorted.length - 1] };
}

test('known motions of a procedural texture', async () => {
  const estimator = await createClassicalEstimator();
  const result = summary(await errorsOver(estimator, [1, 2, 3, 4, 5, 6].map(textured)));
  console.log(
    `procedural: corner error mean ${result.mean.toFixed(4)} p95 ${result.p95.toFixed(4)} max ${result.max.toFixed(4)} px`,
  );
  expect(result.mean).toBeLessThanOrEqual(0.1);
  expect(result.max).toBeLessThanOrEqual(0.5);
});

const shared = process.env.GIMBAL_SHARED ?? path.resolve(import.meta.dirname, '../../../../shared');
const photoFolder = path.join(shared, 'data/photos/val');

function readPhoto(file: string): Picture {
  // Every photo becomes 1536×1024, so that all of them are finer than the frames and cover them with room to move.
  const args = [
    '-v',
    'error',
    '-i',
    file,
    '-vf',
    'scale=1536:1024:flags=bicubic',
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    '-',
  ];
  const bytes = execFileSync('ffmpeg', args, { maxBuffer: 1 << 24 });
  return { width: 1536, height: 1024, luma: Float64Array.from(bytes) };
}

function hasFfmpeg(): boolean {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const photosMissing = !existsSync(photoFolder)
  ? `no photos at ${photoFolder}`
  : !hasFfmpeg()
    ? 'no ffmpeg program'
    : '';
if (photosMissing) console.log(`known motions of photos: skipped, ${photosMissing}`);

test.skipIf(photosMissing !== '')(
  'known motions of photos',
  async () => {
    const count = Number(process.env.GIMBAL_PHOTOS ?? 16);
    const all = readdirSync(photoFolder)
      .filter((name) => name.endsWith('.jpg'))
      .sort();
    const files = Array.from(
      { length: Math.min(count, all.length) },
      (_, i) => all[Math.floor((i * all.length) / count)],
    );
    const scenes = files.map((name): Scene => {
      const photo = photographed(readPhoto(path.join(photoFolder, name)), 2);
      return (x, y) => photo(x + 64, y + 76);
    });
    const estimator = await createClassicalEstimator();
    const errors = await errorsOver(estimator, scenes);
    const result = summary(errors);
    console.log(
      `${files.length} photos: corner error mean ${result.mean.toFixed(4)} p95 ${result.p95.toFixed(4)} max ${result.max.toFixed(4)} px`,
    );
    for (let i = 0; i < files.length; i++) {
      const worst = Math.max(...errors.slice(4 * i, 4 * i + 4));
      if (worst > 0.2) console.log(`  ${files[i]}: worst corner ${worst.toFixed(3)} px`);
    }
    expect(result.mean).toBeLessThanOrEqual(0.1);
    expect(result.max).toBeLessThanOrEqual(0.5);
  },
  300_000,
);
