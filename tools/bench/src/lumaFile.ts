import { existsSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Frame } from '@gimbal/core';
import { openVideo } from '@gimbal/video';
import type { LumaFile } from './lumaFrames.js';

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
