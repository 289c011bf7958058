import { GimbalError, type PixelFormat, type Size } from '@gimbal/core';

/** Where the cells of a picture lie. */
export interface CellGrid {
  readonly cols: number;
  readonly rows: number;
  /** cols + 1 borders in luma pixels, from 0 to the width. */
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** The largest cell: what tiles are laid at. */
  readonly cell: Size;
}

/**
 * Lays cells over a picture: borders on real numbers, rounded to where chroma has a border too, so that no colour bleeds over them.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a grid finer than the picture's chroma; the message says the finest.
 */
export function cellGrid(cols: number, rows: number, { width, height }: Size, format: PixelFormat): CellGrid {
  const [stepX, stepY] = format.chroma ? [1 << format.chromaShiftX, 1 << format.chromaShiftY] : [1, 1];
  const finest = [Math.max(1, Math.floor(width / stepX)), Math.max(1, Math.floor(height / stepY))];
  for (const [n, most, what] of [
    [cols, finest[0], 'columns'],
    [rows, finest[1], 'rows'],
  ] as const) {
    if (!Number.isInteger(n) || n < 1 || n > most) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `A mosaic of a ${width}×${height} picture (${format.name}) has 1×1 to ${finest.join('×')} cells, received ${cols}×${rows} (${what}).`,
      );
    }
  }
  const x = borders(cols, width, stepX);
  const y = borders(rows, height, stepY);
  return { cols, rows, x, y, cell: { width: widest(x), height: widest(y) } };
}

function borders(count: number, extent: number, step: number): Int32Array {
  const list = Int32Array.from({ length: count + 1 }, (_, k) => step * Math.round((extent * k) / count / step));
  list[count] = extent;
  return list;
}

function widest(list: Int32Array): number {
  let most = 0;
  for (let k = 1; k < list.length; k++) most = Math.max(most, list[k] - list[k - 1]);
  return most;
}

/** The grid of about `cells` cells that are nearest to squares. */
export function squareCells(cells: number, { width, height }: Size): { readonly cols: number; readonly rows: number } {
  const rows = Math.max(1, Math.round(Math.sqrt((cells * height) / width)));
  return { cols: Math.max(1, Math.round((rows * width) / height)), rows };
}
