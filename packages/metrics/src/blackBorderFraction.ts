// Measures the black border of a stabilized picture.
import type { Homography, HostFrame } from '@gimbal/core';
import { invertHomography, scalingHomography } from '@gimbal/core/geometry';
import { lumaRange, lumaRow } from './image/lumaImage.js';

/** Columns that are looked at, at most; the first and the last row and column always are. */
const LARGEST_GRID = 480;
/** Grey levels of 0..255 above black up to which a border still counts as black. */
const NEAR_BLACK = 8;
/** Grey levels up to which the original counts as dark there: no border can be told from it. */
const DARK_ORIGINAL = 28;

/** The original that a frame was made from. */
export interface BorderReference {
  readonly frame: HostFrame;
  /** Original pixel → frame pixel, full resolution of each; where unknown, the same place of the picture is compared. */
  readonly alignment?: Homography | undefined;
}

/**
 * Fraction of a frame's area that is black border: near-black pixels connected with the frame's edge along their row or column, less
 * those where the original itself is dark at the place they show (a letterbox, a night scene) or, for pixels from beyond the
 * original's edge, at the nearest place of that edge. Black honours range and bit depth.
 */
export function blackBorderFraction(frame: HostFrame, reference?: BorderReference): number {
  const grid = luma(frame);
  const border = edgeConnected(grid);
  if (reference === undefined) return share(border, grid, () => false);
  const original = luma(reference.frame);
  const back = reference.alignment
    ? invertHomography(reference.alignment)
    : scalingHomography(reference.frame.width / frame.width, reference.frame.height / frame.height);
  return share(border, grid, (x, y) => {
    const w = back[6] * x + back[7] * y + back[8];
    return original.isDark((back[0] * x + back[1] * y + back[2]) / w, (back[3] * x + back[4] * y + back[5]) / w);
  });
}

interface LumaGrid {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
  isBlack(x: number, y: number): boolean;
  /** Whether a dark sample lies within a pixel of the place, which is first moved into the frame. */
  isDark(x: number, y: number): boolean;
}

function luma(frame: HostFrame): LumaGrid {
  const { width, height } = frame.planes[0];
  const { black, white, shift } = lumaRange(frame);
  const level = (limit: number): number => (black + (limit * (white - black)) / 255) * 2 ** shift;
  const [nearBlack, dark] = [level(NEAR_BLACK), level(DARK_ORIGINAL)];
  const lines: (Uint8Array | Uint16Array)[] = [];
  const at = (x: number, y: number): number => {
    lines[y] ??= lumaRow(frame, y);
    return lines[y][x];
  };
  const step = Math.max(Math.ceil(width / LARGEST_GRID), 1);
  return {
    columns: positions(width, step),
    rows: positions(height, step),
    isBlack: (x, y) => at(x, y) <= nearBlack,
    isDark(x, y) {
      const cx = Math.round(Math.min(Math.max(x, 0), width - 1));
      const cy = Math.round(Math.min(Math.max(y, 0), height - 1));
      if (at(cx, cy) <= dark) return true;
      for (let sy = Math.max(cy - 1, 0); sy <= Math.min(cy + 1, height - 1); sy++) {
        for (let sx = Math.max(cx - 1, 0); sx <= Math.min(cx + 1, width - 1); sx++) if (at(sx, sy) <= dark) return true;
      }
      return false;
    },
  };
}

/** 0, step, 2·step, … and the last. */
function positions(length: number, step: number): Int32Array {
  const count = Math.ceil((length - 1) / step) + 1;
  return Int32Array.from({ length: count }, (_, i) => Math.min(i * step, length - 1));
}

/** Grid points that black pixels connect with an edge, straight along the row or the column. */
function edgeConnected({ columns, rows, isBlack }: LumaGrid): Uint8Array {
  const marked = new Uint8Array(columns.length * rows.length);
  const run = (start: number, stride: number, count: number, black: (k: number) => boolean): void => {
    for (let k = 0; k < count && black(k); k++) marked[start + k * stride] = 1;
  };
  const [nx, ny] = [columns.length, rows.length];
  for (let r = 0; r < ny; r++) {
    run(r * nx, 1, nx, (k) => isBlack(columns[k], rows[r]));
    run(r * nx + nx - 1, -1, nx, (k) => isBlack(columns[nx - 1 - k], rows[r]));
  }
  for (let c = 0; c < nx; c++) {
    run(c, nx, ny, (k) => isBlack(columns[c], rows[k]));
    run((ny - 1) * nx + c, -nx, ny, (k) => isBlack(columns[c], rows[ny - 1 - k]));
  }
  return marked;
}

function share(marked: Uint8Array, grid: LumaGrid, excuse: (x: number, y: number) => boolean): number {
  const nx = grid.columns.length;
  let count = 0;
  for (let i = 0; i < marked.length; i++) {
    if (marked[i] === 1 && !excuse(grid.columns[i % nx], grid.rows[Math.floor(i / nx)])) count++;
  }
  return count / marked.length;
}
