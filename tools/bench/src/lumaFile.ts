import { existsSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Frame, HostFrame, Size } from '@gimbal/core';
import { openVideo } from '@gimbal/video';

/** Frames of 8-bit luma, one after the other without gaps, so that what reads them need not decode. */
export interface LumaFile extends Size {
  readonly path: string;
  readonly frames: number;
}

/** Decodes the beginning of a clip into a luma file, once. The clip must have at least `frames` frames of 8 bit. */
export async function lumaFile(clip: string, file: string, frames: number): Promise<LumaFile> {
  const source = await openVideo(clip);
  try {
    const { width, height } = source.info;
    if (!existsSync(file)) {
      const out = await open(`${file}.partial`, 'w');
      let count = 0;
      for await (const frame of source.frames()) {
        if (count < frames) await out.write(packedLuma(frame));
        frame.close();
        if (++count >= frames) break;
      }
      await out.close();
      if (count < frames) throw new Error(`${clip} has ${count} frames; ${frames} are needed`);
      renameSync(`${file}.partial`, file);
    }
    return { path: file, width, height, frames };
  } finally {
    await source.close();
  }
}

function packedLuma(frame: Frame): Uint8Array {
  if (frame.memory !== 'host' || frame.format.bitDepth !== 8) throw new Error('expected 8-bit frames in host memory');
  const { data, width, height, stride } = frame.planes[0];
  const packed = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) packed.set(data.subarray(y * stride, y * stride + width), y * width);
  return packed;
}

/** Buffers that frames take turns in: a pair and its neighbours. */
const BUFFERS = 4;

/** The frames of a luma file, read when they are asked for. The fourth after a frame takes its memory. */
export async function* lumaFrames({ path, width, height, frames }: LumaFile): AsyncGenerator<HostFrame> {
  const file = await open(path);
  const buffers = Array.from({ length: BUFFERS }, () => new Uint8Array(width * height));
  try {
    for (let index = 0; index < frames; index++) {
      const data = buffers[index % BUFFERS];
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
    format: {
      name: 'gray',
      layout: 'planar',
      chroma: false,
      bitDepth: 8,
      shift: 0,
      chromaShiftX: 0,
      chromaShiftY: 0,
    },
    time: index / 30,
    index,
    fullRange: false,
    planes: [{ data, width, height, stride: width, channels: 1, bytesPerSample: 1 }],
    clone: () => frame,
    close: () => {},
  };
  return frame;
}
