import { type HostFrame, type PixelFormat, YUV420P } from '@gimbal/core';
import { allocateHostFrame } from '@gimbal/native';
import type { TileSet } from './tiles/tileSet.js';

/** A frame whose samples, in 8 bits, are what `sample` says of a plane (0 luma, 1 Cb, 2 Cr) and a place in it. */
export function paintedFrame(
  size: { readonly width: number; readonly height: number },
  sample: (plane: number, x: number, y: number) => number,
  {
    format = YUV420P,
    time = 0,
    index = 0,
    fullRange = false,
  }: Partial<Pick<HostFrame, 'format' | 'time' | 'index' | 'fullRange'>> = {},
): HostFrame {
  const frame = allocateHostFrame(format, size, { time, index, fullRange });
  const unit = 2 ** (format.bitDepth - 8);
  frame.planes.forEach((plane, p) => {
    for (let y = 0; y < plane.height; y++) {
      for (let x = 0; x < plane.width; x++) {
        for (let c = 0; c < plane.channels; c++) {
          const value = Math.round(sample(plane.channels === 2 ? 1 + c : p, x, y) * unit) << format.shift;
          const at = y * plane.stride + (x * plane.channels + c) * plane.bytesPerSample;
          plane.data[at] = value & 255;
          if (plane.bytesPerSample === 2) plane.data[at + 1] = value >> 8;
        }
      }
    }
  });
  return frame;
}

/** A sample of a frame in the units of its bit depth. */
export function sampleOf({ planes, format }: HostFrame, plane: number, x: number, y: number): number {
  const pairs = planes.length === 2 && plane > 0;
  const { data, stride, channels, bytesPerSample } = planes[pairs ? 1 : plane];
  const at = y * stride + (x * channels + (pairs ? plane - 1 : 0)) * bytesPerSample;
  return (bytesPerSample === 1 ? data[at] : data[at] | (data[at + 1] << 8)) >> format.shift;
}

/** Tiles of one colour each. */
export function plainTiles(colours: readonly (readonly [number, number, number])[], size = 8): TileSet {
  const pixels = Uint8Array.from(
    { length: colours.length * size * size * 3 },
    (_, k) => colours[Math.floor(k / (size * size * 3))][k % 3],
  );
  return { size, count: colours.length, pixels, names: colours.map(String), skipped: [], duplicates: 0 };
}

export const FORMATS: Readonly<Record<string, PixelFormat>> = {
  yuv420p: YUV420P,
  nv12: { ...YUV420P, name: 'nv12', layout: 'semiplanar' },
  yuv444p: { ...YUV420P, name: 'yuv444p', chromaShiftX: 0, chromaShiftY: 0 },
  yuv420p10le: { ...YUV420P, name: 'yuv420p10le', bitDepth: 10 },
  p010le: { ...YUV420P, name: 'p010le', layout: 'semiplanar', bitDepth: 10, shift: 6 },
  gray: { ...YUV420P, name: 'gray', chroma: false, chromaShiftX: 0, chromaShiftY: 0 },
};
