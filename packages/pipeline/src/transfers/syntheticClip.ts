import { type Frame, type FrameSource, type HostFrame, type Plane, type Size, YUV420P } from '@gimbal/core';

/** Where the camera looks, in pixels; even, so that chroma moves by whole samples. */
const SWAY: readonly (readonly [x: number, y: number])[] = [
  [0, 0],
  [6, 2],
  [10, 8],
  [4, 12],
  [2, 6],
  [8, 0],
];
const MARGIN = 16;
const RATE = 30;

/**
 * Pictures of a scene with corners everywhere, seen by a camera that sways: as many as a sway has, on the same samples. Painted a few rows
 * at a time, so that the event loop goes on.
 */
export async function syntheticPictures(size: Size): Promise<HostFrame[]> {
  const [luma, cb, cr] = [
    await painted(size.width + MARGIN, size.height + MARGIN, 1),
    await painted((size.width + MARGIN) / 2, (size.height + MARGIN) / 2, 2),
    await painted((size.width + MARGIN) / 2, (size.height + MARGIN) / 2, 3),
  ];
  return SWAY.map(([x, y], index) => {
    const planes = [view(luma, x, y, size), ...[cb, cr].map((plane) => view(plane, x / 2, y / 2, halved(size)))];
    return hostFrame(planes, size, index);
  });
}

/** A clip of `count` frames that shows these pictures over and over, each as a handle of its own. */
export function repeatedClip(pictures: readonly Frame[], count: number): FrameSource {
  const [{ width, height, format }] = pictures;
  return {
    info: { width, height, format, frameRate: RATE, frameCount: count, duration: count / RATE },
    warnings: [],
    async *frames() {
      for (let index = 0; index < count; index++) {
        yield { ...pictures[index % pictures.length].clone(), index, time: index / RATE };
      }
    },
    async close() {},
  };
}

const halved = ({ width, height }: Size): Size => ({ width: width / 2, height: height / 2 });

function hostFrame(planes: readonly Plane[], size: Size, index: number): HostFrame {
  const frame: HostFrame = {
    ...size,
    format: YUV420P,
    time: index / RATE,
    index,
    fullRange: false,
    memory: 'host',
    planes,
    clone: () => ({ ...frame }),
    close: () => undefined,
  };
  return frame;
}

function view(plane: Plane, x: number, y: number, size: Size): Plane {
  return { ...plane, ...size, data: plane.data.subarray(y * plane.stride + x) };
}

/** Squares of three sizes, each of a brightness of its own: edges and corners at every scale, the same every time. */
async function painted(width: number, height: number, seed: number): Promise<Plane> {
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      data[y * width + x] =
        60 + (drawn(x >> 5, y >> 5, seed) & 63) + (drawn(x >> 3, y >> 3, seed + 9) & 63) + (drawn(x, y, seed + 99) & 7);
    }
    if (y % 32 === 31) await new Promise((resolve) => setImmediate(resolve));
  }
  return { data, width, height, stride: width, channels: 1, bytesPerSample: 1 };
}

/** A number from a place, as good as random. */
function drawn(x: number, y: number, seed: number): number {
  const mixed = Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 7, 0x85ebca6b) ^ Math.imul(seed, 0xc2b2ae35);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 12) & 255;
}
