import { open } from 'node:fs/promises';
import { GRAY, type HostFrame, type Size } from '@gimbal/core';

/** Frames of 8-bit luma, one after the other without gaps, so that what reads them need not decode. */
export interface LumaFile extends Size {
  readonly path: string;
  readonly frames: number;
}

/**
 * The frames of a luma file, read when they are asked for.
 * @param count Frames that share the memory: so many after a frame another one takes its place.
 */
export async function* lumaFrames({ path, width, height, frames }: LumaFile, count: number): AsyncGenerator<HostFrame> {
  const file = await open(path);
  const buffers = Array.from({ length: count }, () => new Uint8Array(width * height));
  try {
    for (let index = 0; index < frames; index++) {
      const data = buffers[index % count];
      await file.read(data, 0, data.length, index * data.length);
      yield grayFrame(data, { width, height }, index);
    }
  } finally {
    await file.close();
  }
}

function grayFrame(data: Uint8Array, { width, height }: Size, index: number): HostFrame {
  const frame: HostFrame = {
    memory: 'host',
    width,
    height,
    format: GRAY,
    time: index / 30,
    index,
    fullRange: false,
    planes: [{ data, width, height, stride: width, channels: 1, bytesPerSample: 1 }],
    clone: () => frame,
    close: () => {},
  };
  return frame;
}
