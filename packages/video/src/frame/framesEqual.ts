// Whether two pictures are the same.
import type { PixelFormat } from '@gimbal/core';
import type { Frame } from 'node-av/lib';

/** Rows of luma that are looked at; all of a picture of that height. */
const ROWS = 128;

/** One of the two pictures: an AVFrame in host memory and its format. */
export interface Decoded {
  readonly native: Frame;
  readonly format: PixelFormat;
}

/**
 * Whether two decoders gave the same luma, judged by rows spread over the picture, sample by sample. A sample may lie at the top of its
 * word in one and at the bottom in the other (P010 and yuv420p10).
 */
export function framesEqual(a: Decoded, b: Decoded): boolean {
  const { width, height } = a.native;
  if (b.native.width !== width || b.native.height !== height) return false;
  if (a.format.bitDepth > 8 !== b.format.bitDepth > 8) return false;
  const rows = Math.min(height, ROWS);
  return Array.from({ length: rows }, (_, i) => Math.floor((i * height) / rows)).every((y) => {
    const [left, right] = [lumaRow(a, y), lumaRow(b, y)];
    return left.every((sample, x) => sample === right[x]);
  });
}

/** A row's samples, significant bits at the bottom of the deepest format's word. */
function lumaRow({ native, format }: Decoded, y: number): Uint8Array | Uint16Array {
  const luma = (native.data ?? [])[0];
  const start = y * native.linesize[0];
  if (format.bitDepth <= 8) return luma.subarray(start, start + native.width);
  const words = new DataView(luma.buffer, luma.byteOffset + start, 2 * native.width);
  // Twelve bits come as the upper ones of sixteen: depth and shift together say where the top bit is.
  const up = 16 - format.bitDepth - format.shift;
  return Uint16Array.from({ length: native.width }, (_, x) => words.getUint16(2 * x, true) << up);
}
