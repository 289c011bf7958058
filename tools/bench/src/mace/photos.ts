import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { openVideo } from '@gimbal/video';
import { shared } from '../places.js';
import { PHOTO } from './bins.js';
import { type Picture, resizeBilinear } from './picture.js';

/** Where the validation photos lie. */
export const photoFolder = path.join(shared, 'data/photos/val');

/** The photo of a COCO val2017 number. */
export function photoFile(photo: number): string {
  return path.join(photoFolder, `coco128_val-${String(photo).padStart(12, '0')}.jpg`);
}

/** The photos of a folder by the number that their names end with, such as `coco128_val-000000000139.jpg`. */
export function photosIn(folder: string): Map<number, string> {
  return new Map(
    readdirSync(folder).flatMap((file): [number, string][] => {
      const [, number] = /-(\d+)\.jpg$/.exec(file) ?? [];
      return number === undefined ? [] : [[Number(number), path.join(folder, file)]];
    }),
  );
}

/** The photos by number, gray, 320×240. */
export type Photos = ReadonlyMap<number, Picture>;

/**
 * Decodes photos to gray pictures of 320×240. Gray is the JPEG's own luma plane (BT.601, full range) as FFmpeg decodes it. A decoder with
 * another inverse cosine transform may differ by a level here and there; every row of the table sees the pictures of this one, and
 * the results carry a digest of the pixels.
 * @throws Error when a photo is missing.
 */
export async function loadPhotos(numbers: readonly number[], folder = photoFolder): Promise<Photos> {
  const photos = new Map<number, Picture>();
  const files = existsSync(folder) ? photosIn(folder) : new Map<number, string>();
  for (const number of numbers) {
    photos.set(number, resizeBilinear(await decodeLuma(files.get(number) ?? photoFile(number)), PHOTO));
  }
  return photos;
}

async function decodeLuma(file: string): Promise<Picture> {
  if (!existsSync(file)) throw new Error(`No photo at ${file}; GIMBAL_SHARED says where the research data lies.`);
  const source = await openVideo(file);
  try {
    for await (const frame of source.frames()) {
      if (frame.memory !== 'host') throw new Error(`${file} was decoded to ${frame.memory} memory.`);
      const { data, width, height, stride } = frame.planes[0];
      const luma = new Uint8Array(width * height);
      for (let y = 0; y < height; y++) luma.set(data.subarray(y * stride, y * stride + width), y * width);
      frame.close();
      return { width, height, luma };
    }
  } finally {
    await source.close();
  }
  throw new Error(`${file} holds no picture.`);
}
