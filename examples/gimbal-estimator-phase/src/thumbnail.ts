import type { HostFrame } from '@gimbal/core';

/** The whole frame's luma, averaged onto `size × size` cells; grey levels 0..255 whatever the bit depth. */
export function thumbnail(frame: HostFrame, size: number): Float64Array {
  const plane = frame.planes[0];
  const wide = plane.bytesPerSample === 2;
  const scale = 255 / ((2 ** frame.format.bitDepth - 1) * 2 ** frame.format.shift);
  const out = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const [top, bottom] = cell(row, size, plane.height);
    for (let col = 0; col < size; col++) {
      const [left, right] = cell(col, size, plane.width);
      let sum = 0;
      for (let y = top; y < bottom; y++) {
        const line = y * plane.stride;
        for (let x = left; x < right; x++) {
          sum += wide ? plane.data[line + 2 * x] + 256 * plane.data[line + 2 * x + 1] : plane.data[line + x];
        }
      }
      out[row * size + col] = (sum * scale) / ((bottom - top) * (right - left));
    }
  }
  return out;
}

/** First pixel of a cell and the one after its last: never empty, also where there are more cells than pixels. */
function cell(index: number, cells: number, pixels: number): [number, number] {
  const first = Math.floor((index * pixels) / cells);
  return [first, Math.max(first + 1, Math.floor(((index + 1) * pixels) / cells))];
}
