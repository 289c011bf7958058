import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Homography } from '@gimbal/core';
import {
  applyHomography,
  composeHomographies,
  cornerError,
  frameCorners,
  homographyFromCorners,
  identityHomography,
  invertHomography,
  translationHomography,
} from '@gimbal/core/geometry';
import { expect, test } from 'vitest';
import { createAligner } from '../src/index.js';
import { photoScene, type Scene, type Shot, shoot } from './photoScenes.js';

const size = { width: 640, height: 360 };
const OFF = 1.5;

/** Uniform −1..1 from a counter: the same cases every run. */
function draw(index: number): number {
  const mixed = Math.imul(index ^ (index >>> 16), 0x7feb352d);
  return ((Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b) >>> 8) / 2 ** 24) * 2 - 1;
}

/** Up to 12 px, 3° and 3 % of zoom about the frame's middle. */
function cameraMotion(seed: number): Homography {
  const angle = (3 * draw(seed + 3) * Math.PI) / 180;
  const zoom = 1 + 0.03 * draw(seed + 4);
  const [c, s] = [zoom * Math.cos(angle), zoom * Math.sin(angle)];
  const moved = Float64Array.of(c, -s, 12 * draw(seed + 1), s, c, 12 * draw(seed + 2), 0, 0, 1);
  const [x, y] = [(size.width - 1) / 2, (size.height - 1) / 2];
  return composeHomographies(translationHomography(x, y), moved, translationHomography(-x, -y));
}

/** Every corner off by `OFF` pixels in some direction. */
function perturbed(h: Homography, seed: number): Homography {
  const corners = frameCorners(size);
  const moved = Float64Array.from(corners, (_, i) => {
    const k = i >> 1;
    const image = applyHomography(h, corners[2 * k], corners[2 * k + 1]);
    const angle = Math.PI * draw(seed + 50 + k);
    return image[i & 1] + OFF * (i & 1 ? Math.sin(angle) : Math.cos(angle));
  });
  return homographyFromCorners(corners, moved);
}

type Look = Omit<Shot, 'toScene' | 'noiseSeed'>;
interface Condition {
  readonly name: string;
  /** Most that the mean corner error may be, pixels. */
  readonly most: number;
  readonly looks: (other: Scene, seed: number) => readonly [before: Look, after: Look];
}

const moving = (other: Scene, seed: number): readonly [Look, Look] => [
  { noise: 1, mover: { scene: other, x: 0, y: 0 } },
  { noise: 1, mover: { scene: other, x: 10 * draw(seed + 7), y: 10 * draw(seed + 8) } },
];
const CONDITIONS: readonly Condition[] = [
  { name: 'noise of one level', most: 0.03, looks: () => [{ noise: 1 }, { noise: 1 }] },
  { name: '30 % moving', most: 0.03, looks: moving },
  { name: 'gain and offset', most: 0.03, looks: () => [{ noise: 1 }, { noise: 1, gain: 0.8, offset: 18 }] },
  {
    name: 'blur of 5 px, crossed',
    most: 0.12,
    looks: () => [
      { noise: 1, blur: 5 },
      { noise: 1, blur: 5, blurAngle: 1.5 },
    ],
  },
  { name: 'noise of six levels', most: 0.08, looks: () => [{ noise: 6 }, { noise: 6 }] },
  {
    name: 'low light',
    most: 0.15,
    looks: () => [
      { gain: 0.15, noise: 2 },
      { gain: 0.15, noise: 2 },
    ],
  },
];

const shared = process.env.GIMBAL_SHARED ?? path.resolve(import.meta.dirname, '../../../../shared');
const folder = path.join(shared, 'data/photos/val');
const reason = !existsSync(folder) ? `no photos at ${folder}` : !hasFfmpeg() ? 'no ffmpeg program' : '';
if (reason) console.log(`align on photos: skipped, ${reason}`);

function hasFfmpeg(): boolean {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(reason !== '')('finishes starts that are 1.5 px off on photos', async () => {
  const count = Number(process.env.GIMBAL_PHOTOS ?? 4);
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.jpg'))
    .sort();
  const scenes = Array.from({ length: count }, (_, i) =>
    photoScene(path.join(folder, names[Math.floor((i * names.length) / count)])),
  );
  const aligner = createAligner({ threads: 2 });
  for (const { name, most, looks } of CONDITIONS) {
    const errors: number[] = [];
    let sigma = 0;
    for (const [i, scene] of scenes.entries()) {
      const seed = 1000 * i + 17;
      const truth = cameraMotion(seed);
      const [before, after] = looks(scenes[(i + 1) % count], seed);
      const previous = shoot(scene, { ...before, toScene: identityHomography(), noiseSeed: seed });
      const current = shoot(scene, { ...after, toScene: invertHomography(truth), noiseSeed: seed + 1 });
      const found = await aligner.align(previous, current, perturbed(truth, seed));
      expect(found.converged, `${name}, photo ${i}`).toBe(true);
      errors.push(cornerError(found.homography, truth, size));
      sigma += found.cornerSigma / count;
    }
    const mean = errors.reduce((sum, e) => sum + e, 0) / count;
    const figures = `mean ${mean.toFixed(4)} worst ${Math.max(...errors).toFixed(4)} px, expected sigma ${sigma.toFixed(4)}`;
    console.log(`${count} photos, ${name}: corner error ${OFF} → ${figures}`);
    expect(mean, name).toBeLessThanOrEqual(most);
  }
});
