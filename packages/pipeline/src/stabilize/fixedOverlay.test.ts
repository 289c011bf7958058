import { composeHomographies, type Homography, invertHomography, translationHomography } from '@gimbal/core/geometry';
import type { LumaImage } from '@gimbal/metrics';
import { describe, expect, it } from 'vitest';
import { FixedOverlay } from './fixedOverlay.js';

const [WIDTH, HEIGHT] = [160, 96];
const SIDE = 512;

/** Smooth noise of a few pixels' grain, the same every time. */
function texture(seed: number): (x: number, y: number) => number {
  const waves = Array.from({ length: 24 }, (_, k) => {
    const turn = 2.4 * (k + 1) * (seed + 1);
    const frequency = 0.15 + 0.03 * ((k * 7 + seed) % 24);
    return [frequency * Math.cos(turn), frequency * Math.sin(turn), 1.7 * k * k + seed] as const;
  });
  // Sampled once: [−64, 448) × [−64, 448), read between the samples by straight lines.
  const table = Float32Array.from({ length: SIDE * SIDE }, (_, k) => {
    const [x, y] = [(k % SIDE) - 64, Math.floor(k / SIDE) - 64];
    return 128 + 14 * waves.reduce((sum, [a, b, phase]) => sum + Math.sin(a * x + b * y + phase), 0);
  });
  return (x, y) => {
    const [i, j] = [Math.floor(x), Math.floor(y)];
    const at = (j + 64) * SIDE + i + 64;
    const across = (k: number) => table[k] + (x - i) * (table[k + 1] - table[k]);
    return across(at) + (y - j) * (across(at + SIDE) - across(at));
  };
}

type Paint = (x: number, y: number, frame: number) => number;

function image(paint: Paint, frame: number): LumaImage {
  const data = Float32Array.from({ length: WIDTH * HEIGHT }, (_, k) => paint(k % WIDTH, Math.floor(k / WIDTH), frame));
  return { width: WIDTH, height: HEIGHT, data };
}

function lookedAt(paint: Paint, frames: number): FixedOverlay {
  const overlay = new FixedOverlay(WIDTH, HEIGHT);
  for (let frame = 0; frame < frames; frame += 3) {
    if (overlay.take(image(paint, frame))) overlay.takeNext(image(paint, frame + 1));
  }
  return overlay;
}

const found = (paint: Paint) => lookedAt(paint, 90).find();

const [scene, logo] = [texture(1), texture(5)];
/** Where a hand-held camera looks. */
const shake = (frame: number): Homography => {
  const angle = 0.01 * Math.sin(0.7 * frame);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const turn = Float64Array.of(
    c,
    -s,
    2 * Math.sin(0.9 * frame) + 0.3 * frame,
    s,
    c,
    2 * Math.cos(1.3 * frame),
    0,
    0,
    1,
  );
  return composeHomographies(translationHomography(80, 48), turn, translationHomography(-80, -48));
};
const views = Array.from({ length: 91 }, (_, frame) => invertHomography(shake(frame)));
const seen: Paint = (x, y, frame) => {
  const h = views[frame];
  return scene(h[0] * x + h[1] * y + h[2], h[3] * x + h[4] * y + h[5]);
};
const inLogo = (x: number, y: number) => x >= 110 && x < 150 && y >= 8 && y < 28;

describe('FixedOverlay', () => {
  it('finds what stands on the picture of a moving camera', () => {
    const mask = found((x, y, frame) => (inLogo(x, y) ? logo(x, y) : seen(x, y, frame)));
    if (mask === undefined || mask === 'unknown') return expect.unreachable();
    const left = (x: number, y: number) => mask.data[y * WIDTH + x] !== 0;
    for (let y = 9; y < 27; y++) for (let x = 111; x < 149; x++) expect(left(x, y)).toBe(false);
    const share = mask.data.filter((value) => value === 0).length / mask.data.length;
    expect(share).toBeLessThan(0.2);
    expect(left(40, 60)).toBe(true);
  });

  it('finds nothing where all moves with the camera', () => {
    expect(found(seen)).toBeUndefined();
  });

  it('rules an overlay out early where all moves, and never where one stands', () => {
    expect(lookedAt(seen, 24).ruledOut).toBe(true);
    const withLogo: Paint = (x, y, frame) => (inLogo(x, y) ? logo(x, y) : seen(x, y, frame));
    for (const frames of [12, 24, 45, 90]) expect(lookedAt(withLogo, frames).ruledOut).toBe(false);
  });

  it('does not know while the camera stands', () => {
    expect(found((x, y) => (inLogo(x, y) ? logo(x, y) : scene(x, y)))).toBe('unknown');
  });

  it('takes a page that scrolls beside what stands for a screen, not for an overlay', () => {
    expect(found((x, y, frame) => (y < 20 ? logo(x, y) : scene(x, y + 2 * frame)))).toBeUndefined();
  });

  it('takes a tripod before ripples for a tripod', () => {
    const ripples = [2, 3, 4, 6].map(texture);
    const water: Paint = (x, y, frame) =>
      ripples.reduce(
        (sum, wave, k) => sum + wave(x + 100 + frame * (1.3 * k - 2) * 0.5, y + 200 + frame * (1.7 - k)),
        0,
      ) / 4;
    expect(found((x, y, frame) => (y < 24 ? logo(x, y) : water(x, y, frame)))).toBeUndefined();
  });
});
