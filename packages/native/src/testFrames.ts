import type { HostFrame, PixelFormat, Plane, Size } from '@gimbal/core';
import { allocateHostFrame } from './plane/allocateHostFrame.js';

type Layout = readonly [
  PixelFormat['layout'],
  boolean,
  bitDepth: number,
  shift: number,
  shiftX: number,
  shiftY: number,
];

const LAYOUTS: Record<string, Layout> = {
  gray: ['planar', false, 8, 0, 0, 0],
  yuv420p: ['planar', true, 8, 0, 1, 1],
  yuv422p: ['planar', true, 8, 0, 1, 0],
  yuv444p: ['planar', true, 8, 0, 0, 0],
  yuv420p10le: ['planar', true, 10, 0, 1, 1],
  nv12: ['semiplanar', true, 8, 0, 1, 1],
  p010le: ['semiplanar', true, 10, 6, 1, 1],
};

/** FFmpeg's pixel formats that the tests use. */
export const FORMATS: readonly PixelFormat[] = Object.entries(LAYOUTS).map(
  ([name, [layout, chroma, bitDepth, shift, chromaShiftX, chromaShiftY]]) => ({
    name,
    layout,
    chroma,
    bitDepth,
    shift,
    chromaShiftX,
    chromaShiftY,
  }),
);

export function formatNamed(name: string): PixelFormat {
  const format = FORMATS.find((one) => one.name === name);
  if (format === undefined) throw new Error(`The tests know no format ${name}.`);
  return format;
}

/** A sample in significant bits. */
export function sampleAt(frame: HostFrame, plane: number, x: number, y: number, channel = 0): number {
  const { data, stride, channels, bytesPerSample } = frame.planes[plane];
  const at = y * stride + (x * channels + channel) * bytesPerSample;
  const word = bytesPerSample === 1 ? data[at] : data[at] | (data[at + 1] << 8);
  return word >> frame.format.shift;
}

/** A frame whose samples are `value(plane, x, y, channel)`, in significant bits. */
export function frameOf(
  format: PixelFormat,
  size: Size,
  value: (plane: number, x: number, y: number, channel: number) => number,
  fullRange = false,
): HostFrame {
  const frame = allocateHostFrame(format, size, { time: 0, index: 0, fullRange });
  frame.planes.forEach((plane, p) => {
    eachSample(plane, (x, y, channel, at) => {
      const word = value(p, x, y, channel) << format.shift;
      plane.data[at] = word & 255;
      if (plane.bytesPerSample === 2) plane.data[at + 1] = word >> 8;
    });
  });
  return frame;
}

export function eachSample(plane: Plane, visit: (x: number, y: number, channel: number, at: number) => void): void {
  for (let y = 0; y < plane.height; y++) {
    for (let x = 0; x < plane.width; x++) {
      for (let channel = 0; channel < plane.channels; channel++) {
        visit(x, y, channel, y * plane.stride + (x * plane.channels + channel) * plane.bytesPerSample);
      }
    }
  }
}

/** Hash noise over the format's whole range, the same every run. */
export function noise(format: PixelFormat): (plane: number, x: number, y: number, channel: number) => number {
  return (plane, x, y, channel) => {
    const mixed =
      Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 7, 0x85ebca6b) ^ Math.imul(plane * 2 + channel + 3, 0xc2b2ae35);
    return (Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 12) & ((1 << format.bitDepth) - 1);
  };
}
