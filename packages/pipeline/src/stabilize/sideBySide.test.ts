import type { CudaFrame, FrameSink, HostFrame, Plane, Renderer, Size } from '@gimbal/core';
import { globalWarp, YUV420P } from '@gimbal/core';
import { identityHomography } from '@gimbal/core/geometry';
import { describe, expect, it } from 'vitest';
import { partOf, sideBySide } from './sideBySide.js';

function frame({ width, height }: Size): HostFrame {
  const plane = (w: number, h: number): Plane => ({
    data: new Uint8Array(w * h),
    width: w,
    height: h,
    stride: w,
    channels: 1,
    bytesPerSample: 1,
  });
  const chroma = [Math.ceil(width / 2), Math.ceil(height / 2)] as const;
  const made: HostFrame = {
    width,
    height,
    memory: 'host',
    format: YUV420P,
    time: 0,
    index: 0,
    fullRange: false,
    planes: [plane(width, height), plane(...chroma), plane(...chroma)],
    clone: () => made,
    close: () => undefined,
  };
  return made;
}

/** Fills a picture with one value: 1 for what it is told to show as it is, 2 otherwise. */
const renderer: Renderer = {
  name: 'painter',
  memory: ['host'],
  async render(_source, target, warp) {
    const value = warp.homographies[2] === 5 ? 2 : 1;
    for (const plane of (target as HostFrame).planes) {
      for (let y = 0; y < plane.height; y++) plane.data.fill(value, y * plane.stride, y * plane.stride + plane.width);
    }
  },
};

describe('side by side', () => {
  it.each([
    { width: 8, height: 4 },
    { width: 7, height: 3 },
  ])('fills a picture of two halves, chroma too: $width×$height', async (size) => {
    const written: HostFrame[] = [];
    let opened: Size | undefined;
    const inner: FrameSink = {
      open: async (given) => {
        opened = given;
      },
      allocate: () => frame(opened as Size),
      write: async (given) => void written.push(given as HostFrame),
      finish: async () => undefined,
      abort: async () => undefined,
    };
    const pair = sideBySide(renderer, inner);
    await pair.sink.open(size);
    const source = frame(size);
    const target = await pair.sink.allocate(source);
    expect([target.width, target.height]).toEqual([size.width, size.height]);
    const warp = identityHomography();
    warp[2] = 5;
    await pair.renderer.render(source, target, globalWarp(warp));
    await pair.sink.write(target);
    expect(opened).toEqual({ width: 8 + size.width, height: size.height });
    for (const [i, plane] of written[0].planes.entries()) {
      const left = i === 0 ? 8 : 4;
      for (let y = 0; y < plane.height; y++) {
        const row = Array.from(plane.data.subarray(y * plane.stride, y * plane.stride + plane.width));
        expect(row).toEqual(row.map((_, x) => (x < left ? 1 : 2)));
      }
    }
  });

  it.each([
    { rotation: 90, original: { x: 0, y: 4 }, size: { width: 8, height: 4 } },
    { rotation: 90, original: { x: 0, y: 4 }, size: { width: 7, height: 3 } },
    { rotation: 180, original: { x: 8, y: 0 }, size: { width: 7, height: 3 } },
    { rotation: 270, original: { x: 0, y: 0 }, size: { width: 7, height: 3 } },
  ])('shows the original left of a clip that is turned by $rotation°: $size', async ({ rotation, original, size }) => {
    const written: HostFrame[] = [];
    let opened: Size = size;
    const inner: FrameSink = {
      open: async (given) => {
        opened = given;
      },
      allocate: () => frame(opened),
      write: async (given) => void written.push(given as HostFrame),
      finish: async () => undefined,
      abort: async () => undefined,
    };
    const pair = sideBySide(renderer, inner, rotation);
    await pair.sink.open(size);
    const target = await pair.sink.allocate(frame(size));
    const warp = identityHomography();
    warp[2] = 5;
    await pair.renderer.render(frame(size), target, globalWarp(warp));
    await pair.sink.write(target);
    const down = rotation % 180 === 90;
    expect(opened).toEqual(down ? { width: size.width, height: 4 + size.height } : { width: 15, height: size.height });
    const [luma] = written[0].planes;
    for (let y = 0; y < luma.height; y++) {
      for (let x = 0; x < luma.width; x++) {
        const isOriginal = down
          ? original.y === 0
            ? y < 4
            : y >= size.height
          : original.x === 0
            ? x < 8
            : x >= size.width;
        expect(luma.data[y * luma.stride + x]).toBe(isOriginal ? 1 : 2);
      }
    }
  });

  it('sees parts of frames on a device too', () => {
    const { planes: _, ...rest } = frame({ width: 16, height: 4 });
    const plane = (shape: number[], strides: number[], pointer: bigint) => ({
      shape,
      strides,
      typestr: '|u1',
      pointer,
      stream: 1n,
      device: 0,
    });
    const planes = [plane([4, 16], [256, 1], 4096n), plane([2, 8, 2], [256, 2, 1], 8192n)];
    const format = { ...YUV420P, name: 'nv12', layout: 'semiplanar' } as const;
    const there: CudaFrame = { ...rest, format, memory: 'cuda', planes };
    const right = partOf(there, { x: 8, y: 0, width: 7, height: 4 });
    expect([right.width, right.height]).toEqual([7, 4]);
    expect(right.planes.map(({ shape, pointer }) => [shape, pointer])).toEqual([
      [[4, 7], 4104n],
      [[2, 4, 2], 8200n],
    ]);
  });
});
