import { writeFileSync } from 'node:fs';
import { type HostFrame, type Size, YUV420P } from '@gimbal/core';
import { renderSyntheticClip } from '@gimbal/fixtures';
import { createVideoSink, type VideoCodec } from '@gimbal/video';

export const CLIP_SIZE: Size = { width: 160, height: 120 };

/** Luma of one pixel, 0 to 255. */
export type Shade = (x: number, y: number) => number;

export interface ClipShape {
  readonly frames?: number;
  readonly size?: Size;
  readonly seed?: number;
}

/** Writes frames as they come to a video of 30 frames a second. */
export async function writeClip(
  file: string,
  frames: AsyncIterable<HostFrame> | Iterable<HostFrame>,
  size: Size = CLIP_SIZE,
  options: { readonly codec?: VideoCodec } = {},
): Promise<void> {
  const sink = createVideoSink(file, {
    source: { frameRate: 30, format: YUV420P },
    overwrite: true,
    ...options,
  });
  await sink.open(size);
  for await (const frame of frames) {
    const target = sink.allocate(frame);
    frame.planes.forEach((plane, i) => {
      const to = target.planes[i];
      for (let y = 0; y < plane.height; y++) {
        to.data.set(plane.data.subarray(y * plane.stride, y * plane.stride + plane.width), y * to.stride);
      }
    });
    frame.close();
    await sink.write(target);
  }
  await sink.finish();
}

/** A hand-held clip. */
export function shakyClip(file: string, { frames = 30, size = CLIP_SIZE, seed = 1 }: ClipShape = {}): Promise<void> {
  return writeClip(file, renderSyntheticClip({ frames, size, seed, shake: 8 }).frames(), size);
}

/** The pictures of a hand-held clip in an order of one's own: repeat an index for a duplicate, change the seed for a cut. */
export async function* pictures(
  order: readonly { readonly seed?: number; readonly index: number }[],
): AsyncIterable<HostFrame> {
  const clips = new Map<number, HostFrame[]>();
  for (const [position, { seed = 1, index }] of order.entries()) {
    let frames = clips.get(seed);
    if (frames === undefined) {
      frames = [];
      for await (const frame of renderSyntheticClip({ frames: 60, size: CLIP_SIZE, seed, shake: 8 }).frames())
        frames.push(frame);
      clips.set(seed, frames);
    }
    yield { ...frames[index], index: position, time: position / 30 };
  }
}

/** A picture of one's own; chroma stays neutral. */
export function picture(shade: Shade, position: number, size: Size = CLIP_SIZE): HostFrame {
  const half = { width: Math.ceil(size.width / 2), height: Math.ceil(size.height / 2) };
  const plane = ({ width, height }: Size, value: Shade) => ({
    data: Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
    width,
    height,
    stride: width,
    channels: 1 as const,
    bytesPerSample: 1 as const,
  });
  const frame: HostFrame = {
    ...size,
    memory: 'host',
    format: YUV420P,
    time: position / 30,
    index: position,
    fullRange: false,
    planes: [plane(size, shade), plane(half, () => 128), plane(half, () => 128)],
    clone: () => ({ ...frame }),
    close: () => undefined,
  };
  return frame;
}

/** A second of a 440 Hz tone as a WAV file: sound without a picture. */
export function writeTone(file: string): void {
  const rate = 8000;
  const data = Buffer.alloc(44 + rate * 2);
  data.write('RIFF', 0).toString();
  data.writeUInt32LE(36 + rate * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(rate * 2, 40);
  for (let i = 0; i < rate; i++)
    data.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * i) / rate)), 44 + 2 * i);
  writeFileSync(file, data);
}
