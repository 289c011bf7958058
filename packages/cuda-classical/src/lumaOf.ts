import { type CudaArray, type Frame, GimbalError, type PixelFormat } from '@gimbal/core';
import type { NativeLuma } from './addon.js';

/** A frame's luma as the addon reads it, where it lies. `ordinal` is the device that computes; −1 is the CPU. @throws GimbalError. */
export function lumaOf(frame: Frame, ordinal: number): NativeLuma {
  const { bitDepth, shift } = frame.format;
  if (frame.memory === 'host') {
    const { data, width, height, stride } = frame.planes[0];
    return [data, width, height, stride, bitDepth, shift, undefined];
  }
  const luma = frame.planes[0];
  if (ordinal !== luma.device) {
    const computes = ordinal < 0 ? 'on the CPU and reads frames in host memory' : `on cuda:${ordinal}`;
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `This classical estimator computes ${computes}, received a frame on cuda:${luma.device}. ` +
        `Create it with device "cuda:${luma.device}", or bring the frame over.`,
    );
  }
  checkArray(luma, frame.format);
  const { shape, strides, pointer, stream } = luma;
  return [pointer, shape[1], shape[0], strides[0], bitDepth, shift, stream];
}

function checkArray({ shape, strides, typestr, pointer }: CudaArray, { bitDepth }: PixelFormat): void {
  const bytes = bitDepth > 8 ? 2 : 1;
  const type = bytes === 1 ? '|u1' : '<u2';
  const plain = shape.length === 2 || (shape.length > 2 && shape.slice(2).every((channels) => channels === 1));
  if (typestr === type && plain && strides[1] === bytes && strides[0] >= shape[1] * bytes && pointer !== 0n) return;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `Luma of ${bitDepth} bits on a device must be rows of type "${type}" without gaps between samples; received type "${typestr}", ` +
      `shape [${shape.join(', ')}], strides [${strides.join(', ')}].`,
  );
}
