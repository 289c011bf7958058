import { PHOTO } from './bins.js';
import { draws } from './draws.js';
import type { Photos } from './photos.js';
import type { Picture } from './picture.js';

/** A smooth picture that is nowhere flat: sums of waves, from a seed. */
export function wavyPicture(seed: number): Picture {
  const random = draws(seed);
  const waves = Array.from({ length: 12 }, () => ({
    u: random.uniform(-0.35, 0.35),
    v: random.uniform(-0.35, 0.35),
    phase: random.uniform(0, 6),
  }));
  const luma = new Uint8Array(PHOTO.width * PHOTO.height);
  for (let i = 0; i < luma.length; i++) {
    const [x, y] = [i % PHOTO.width, Math.floor(i / PHOTO.width)];
    luma[i] = 128 + waves.reduce((sum, { u, v, phase }) => sum + 10 * Math.sin(u * x + v * y + phase), 0);
  }
  return { ...PHOTO, luma };
}

/** Photo 1, and two others as foreign texture. */
export const testPhotos: Photos = new Map([1, 2, 3].map((seed) => [seed, wavyPicture(seed)]));
