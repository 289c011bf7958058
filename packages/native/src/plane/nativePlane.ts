import type { Plane } from '@gimbal/core';
import type { DevicePlane } from './devicePlane.js';

/** A plane as the addon reads it: by position, which takes it a fraction of the time that names take. */
export type NativePlane = readonly [
  /** The samples, or where they lie on a device. */
  data: Uint8Array | bigint,
  width: number,
  height: number,
  stride: number,
  channels: number,
  bytesPerSample: number,
  /** On a device: the stream on which it is ready. */
  stream: bigint | undefined,
];

export function nativePlane(plane: Plane | DevicePlane): NativePlane {
  const { width, height, stride, channels, bytesPerSample } = plane;
  const onDevice = 'pointer' in plane;
  const data = onDevice ? plane.pointer : plane.data;
  return [data, width, height, stride, channels, bytesPerSample, onDevice ? plane.stream : undefined];
}
