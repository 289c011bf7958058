import type { HostFrame } from '@gimbal/core';
import { allocateHostFrame } from '@gimbal/native';

/** Letters of 5 × 7 dots, a row a number. */
const LETTERS: readonly (readonly number[])[] = [
  [0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01110],
  [0b01110, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110],
  [0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001],
  [0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110],
  [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001],
  [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111],
];
/** Pixels of a dot. */
const DOT = 3;

/** Whether print covers a pixel: two lines of white letters, near the lower border. */
export function printed(x: number, y: number, width: number, height: number): boolean {
  const top = height - 20 * DOT;
  const line = Math.floor((y - top) / (9 * DOT));
  const row = Math.floor((y - top) / DOT) - line * 9;
  const column = Math.floor((x - 12) / DOT);
  if (line < 0 || line > 1 || row < 0 || row > 6 || column < 0 || x > width - 16) return false;
  const letter = LETTERS[(Math.floor(column / 6) + line * 2) % LETTERS.length];
  return column % 6 < 5 && ((letter[row] >> (4 - (column % 6))) & 1) === 1;
}

/** A copy of a frame with print on it, in luma. */
export function withPrint(frame: HostFrame): HostFrame {
  const { width, height, time, index, fullRange } = frame;
  const copy = allocateHostFrame(frame.format, frame, { time, index, fullRange });
  for (const [p, plane] of copy.planes.entries()) {
    const from = frame.planes[p];
    for (let y = 0; y < plane.height; y++) {
      plane.data.set(from.data.subarray(y * from.stride, y * from.stride + plane.width), y * plane.stride);
      for (let x = 0; p === 0 && x < plane.width; x++) {
        if (printed(x, y, width, height)) plane.data[y * plane.stride + x] = 235;
      }
    }
  }
  return copy;
}
