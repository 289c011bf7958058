import { type CudaArray, GimbalError } from '@gimbal/core';
import type { PlaneShape } from './planeLayout.js';

/** A plane in device memory as the addon reads it. */
export interface DevicePlane extends PlaneShape {
  /** Bytes from row to row. */
  readonly stride: number;
  readonly pointer: bigint;
  /** The stream on which it is ready: 1 legacy default, 2 per-thread default, otherwise a `cudaStream_t`. */
  readonly stream: bigint;
}

/**
 * A plane of a frame on device `ordinal`, taken as it lies there: rows of packed samples.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for another device, element type or layout.
 */
export function devicePlane(array: CudaArray, ordinal: number): DevicePlane {
  const { shape, strides, typestr, pointer, stream, device } = array;
  const bytesPerSample = typestr === '|u1' ? 1 : typestr === '<u2' ? 2 : undefined;
  const dimensions = shape.length;
  const channels = dimensions === 3 ? shape[2] : 1;
  const fits =
    bytesPerSample !== undefined &&
    (channels === 1 || channels === 2) &&
    (dimensions === 2 || (dimensions === 3 && strides[2] === bytesPerSample)) &&
    strides.length === dimensions &&
    strides[1] === channels * bytesPerSample;
  if (!fits || device !== ordinal) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A plane of cuda:${ordinal} was expected, rows by columns (by 2 channels) of packed |u1 or <u2; received ` +
        `${typestr} of shape ${shape.join('×')} with strides ${strides.join(', ')} on cuda:${device}.`,
    );
  }
  return { width: shape[1], height: shape[0], channels, bytesPerSample, stride: strides[0], pointer, stream };
}
