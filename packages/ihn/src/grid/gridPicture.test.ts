import { expect, test } from 'vitest';
import { frameOf } from '../../test/scene.js';
import { GRID, gridPicture } from './gridPicture.js';

const ramp = (width: number, height: number) => (x: number, y: number) =>
  (255 * ((x + 0.5) / width + (y + 0.5) / height)) / 2;

test.each([
  [512, 256, 8, 0],
  [1001, 333, 8, 0],
  [640, 360, 10, 0],
  [640, 360, 10, 6],
  [130, 4000, 16, 0],
])('%i×%i of %i bit: the whole frame, scaled independently', async (width, height, bitDepth, shift) => {
  const { gray, samples, half } = await gridPicture(
    frameOf({ width, height }, ramp(width, height), bitDepth, shift),
    1,
  );
  const wanted = ramp(GRID, GRID);
  for (const [x, y] of [
    [0, 0],
    [127, 0],
    [64, 32],
    [13, 120],
  ]) {
    expect(Math.abs(255 * gray[y * GRID + x] - wanted(x, y))).toBeLessThan(0.6);
    expect(Math.abs(samples[y * GRID + x] - wanted(x, y))).toBeLessThan(2.5);
  }
  expect(Math.abs(half[64 * 10 + 20] - wanted(40.5, 20.5))).toBeLessThan(0.6);
});

test.each([
  [1, 1],
  [1, 300],
  [300, 1],
  [100, 50],
  [127, 128],
])('%i×%i, smaller than the grid, is enlarged about pixel centres', async (width, height) => {
  const { gray } = await gridPicture(frameOf({ width, height }, ramp(width, height)), 1);
  // Between the first and the last pixel centre the ramp goes on straight.
  const inside = (n: number) => Math.ceil(GRID / (2 * n));
  for (const x of width === 1 ? [0, 127] : [inside(width), 64]) {
    for (const y of height === 1 ? [0, 127] : [inside(height), 64]) {
      const wanted = ramp(GRID, GRID)(width === 1 ? 63.5 : x, height === 1 ? 63.5 : y);
      expect(Math.abs(255 * gray[y * GRID + x] - wanted)).toBeLessThan(1);
    }
  }
});

test('device memory and planes that are too short are refused', async () => {
  const frame = frameOf({ width: 64, height: 64 }, () => 1);
  const invalid = { code: 'GIMBAL_E_INVALID_ARGUMENT' };
  const plane = { shape: [64, 64], strides: [64, 1], typestr: '|u1' as const, pointer: 4096n, stream: 1n, device: 0 };
  const device = { ...frame, memory: 'cuda' as const, planes: [plane] };
  await expect(gridPicture(device, 1)).rejects.toMatchObject({ ...invalid, message: expect.stringMatching(/cuda/) });
  const cut = { ...frame, planes: [{ ...frame.planes[0], data: frame.planes[0].data.subarray(0, 1000) }] };
  await expect(gridPicture(cut, 1)).rejects.toMatchObject({
    ...invalid,
    message: expect.stringMatching(/bytes, received 1000/),
  });
});
