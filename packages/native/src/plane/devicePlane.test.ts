import type { CudaArray } from '@gimbal/core';
import { expect, test } from 'vitest';
import { devicePlane } from './devicePlane.js';

const luma: CudaArray = {
  shape: [1080, 1920],
  strides: [2048, 1],
  typestr: '|u1',
  pointer: 4096n,
  stream: 1n,
  device: 0,
};
const chroma: CudaArray = { ...luma, shape: [540, 960, 2], strides: [4096, 4, 2], typestr: '<u2' };

test('planes of decoded frames are read as they lie', () => {
  const same = { pointer: 4096n, stream: 1n };
  expect(devicePlane(luma, 0)).toEqual({
    ...same,
    width: 1920,
    height: 1080,
    channels: 1,
    bytesPerSample: 1,
    stride: 2048,
  });
  expect(devicePlane(chroma, 0)).toEqual({
    ...same,
    width: 960,
    height: 540,
    channels: 2,
    bytesPerSample: 2,
    stride: 4096,
  });
});

test('what cannot be read in place is refused, with what came', () => {
  const wrong: Partial<CudaArray>[] = [
    { device: 1 },
    { typestr: '<f4' },
    { strides: [2048, 2] },
    { strides: [2048] },
    { shape: [1080] },
    { shape: [1080, 1920, 3], strides: [8192, 3, 1] },
  ];
  for (const change of wrong) {
    expect(() => devicePlane({ ...luma, ...change }, 0)).toThrow(
      expect.objectContaining({ code: 'GIMBAL_E_INVALID_ARGUMENT' }),
    );
  }
  expect(() => devicePlane({ ...luma, device: 1 }, 0)).toThrow(/plane of cuda:0.*\|u1 of shape 1080×1920.*on cuda:1/);
});
