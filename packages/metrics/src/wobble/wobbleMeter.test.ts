import { describe, expect, it } from 'vitest';
import type { LumaImage } from '../image/lumaImage.js';
import { type TrackedClip, WobbleMeter } from './wobbleMeter.js';

/** Figures are at 640 wide. */
const size = { width: 384, height: 216 };
const UNIT = 640 / 384;

/** Detail at several scales that never repeats within the picture, sampled once. */
const MARGIN = 24;
const SIDE = size.width + 2 * MARGIN;
const SCENE = Float32Array.from({ length: SIDE * (size.height + 2 * MARGIN) }, (_, at) => {
  const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
  let value = 128;
  for (let k = 1; k <= 7; k++) {
    const [fx, fy] = [0.021 * k ** 1.35, 0.026 * k ** 1.3];
    value += (60 / k) * Math.sin(fx * x + 1.3 * k * k) * Math.cos(fy * y - 0.7 * k);
    value += (50 / k) * Math.sin(fy * (x + 0.6 * y) + k) * Math.sin(0.8 * fx * (y - 0.4 * x) + 2 * k);
  }
  return value;
});

/** Bilinear. */
function texture(x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const fx = x - column;
  const fy = y - row;
  const at = (row + MARGIN) * SIDE + column + MARGIN;
  const upper = SCENE[at] + fx * (SCENE[at + 1] - SCENE[at]);
  const lower = SCENE[at + SIDE] + fx * (SCENE[at + SIDE + 1] - SCENE[at + SIDE]);
  return upper + fy * (lower - upper);
}

/** Numbers with the standard deviation 1, the same every time. */
function normals(seed: number): () => number {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
}

type Move = (x: number, y: number, t: number) => readonly [number, number];

/** A clip whose picture at (x, y) shows the scene at (x, y) + move. */
function tracked(frames: number, move: Move, { noise = 0, scene = texture, frameRate = 30 } = {}): TrackedClip {
  const random = normals(7);
  const meter = new WobbleMeter(frameRate);
  for (let t = 0; t < frames; t++) {
    const data = new Float32Array(size.width * size.height);
    for (let y = 0; y < size.height; y++) {
      for (let x = 0; x < size.width; x++) {
        const [dx, dy] = move(x, y, t);
        data[y * size.width + x] = scene(x + dx, y + dy) + (noise === 0 ? 0 : noise * random());
      }
    }
    const image: LumaImage = { ...size, data };
    meter.take(image, false);
  }
  return meter.finish();
}

const random = normals(3);
const shake = Array.from({ length: 200 }, () => [random(), random(), random()]);
const global: Move = (x, y, t) => {
  const [sx, sy, turn] = shake[t];
  return [1.5 * sx + 0.003 * turn * (y - 108), 1.5 * sy - 0.003 * turn * (x - 192)];
};
const jello =
  (amplitude: number): Move =>
  (_, y, t) => [
    amplitude * Math.sin(2 * Math.PI * ((1.3 * y) / 216 + 0.31 * t)),
    0.6 * amplitude * Math.sin(2 * Math.PI * ((1.1 * y) / 216 + 0.27 * t + 0.03)),
  ];

describe('WobbleMeter', () => {
  it('finds no wobble in a picture that moves as a whole, and its jitter', () => {
    const { wobble, secondJitter } = tracked(10, global);
    expect(Math.abs(wobble.hf ?? 1)).toBeLessThan(0.02 * UNIT);
    expect(secondJitter.status === 'measured' && secondJitter.rms).toBeGreaterThan(1.5 * UNIT);
  });

  it('grows with jello, and says that it goes by rows', () => {
    const [one, two] = [1, 2].map((amplitude) => tracked(12, jello(amplitude)).wobble);
    // The root mean square of the second difference, less what a homography explains of it.
    expect(one.hf).toBeGreaterThan(UNIT);
    expect(one.hf).toBeLessThan(3 * UNIT);
    expect((two.hf ?? 0) / (one.hf ?? 1)).toBeCloseTo(2, 0);
    expect(one.rowShare).toBeGreaterThan(0.5);
    expect(one.columnShare).toBeLessThan((one.rowShare ?? 0) / 2);
  });

  it('is not moved by noise', () => {
    const [clean, noisy] = [0, 5].map((noise) => tracked(14, jello(0.5), { noise }).wobble.hf ?? Number.NaN);
    expect(Math.abs(noisy / clean - 1)).toBeLessThan(0.1);
    expect(Math.abs(tracked(14, global, { noise: 5 }).wobble.hf ?? 1)).toBeLessThan(0.06 * UNIT);
  });

  it('sees the slow wobble that jitter does not, in its band', () => {
    const bump: Move = (x, y, t) => {
      const near = Math.exp(-(((x - 130) / 55) ** 2 + ((y - 90) / 45) ** 2));
      return [3 * near * Math.sin((2 * Math.PI * t) / 30), 3 * near * Math.cos((2 * Math.PI * t) / 30)];
    };
    const { wobble, steadiness } = tracked(66, bump);
    const [sway = 0, ...others] = wobble.bands ?? [];
    expect(sway).toBeGreaterThan(0.3 * UNIT);
    for (const band of others) expect(Math.abs(band ?? 0)).toBeLessThan(0.3 * (sway ?? 0));
    expect(wobble.hf).toBeLessThan(0.15 * UNIT);
    expect(steadiness.bands?.[0]).toBeLessThan(sway ?? 0);
  });

  it('has no answer where nothing can be tracked, and none beyond half the frame rate', () => {
    const flat = tracked(6, global, { scene: () => 100 });
    expect(flat.wobble).toEqual({ hf: null, hfP90: null, rowShare: null, columnShare: null, bands: null });
    expect(flat.secondJitter.status).toBe('too-short');
    const slow = tracked(66, () => [0, 0], { frameRate: 10 });
    expect(slow.wobble.bands?.[3]).toBeNull();
  });
});
