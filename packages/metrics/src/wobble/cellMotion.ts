// Local motion: what the cells of a picture do beside its homography.
import type { Homography, Size } from '@gimbal/core';
import { applyHomography } from '@gimbal/core/geometry';
import { quantile } from '../quantile.js';

/** Cells across and down in which local motion is measured. */
export const CELL_COLUMNS = 8;
export const CELL_ROWS = 6;
export const CELLS = CELL_COLUMNS * CELL_ROWS;
/** Points that half a cell needs, and how far its motion is believed, pixels. */
const FEWEST = 2;
const FARTHEST = 6;

/** How two halves of each cell move beyond what a homography explains: x, y per cell and half; `NaN` where it was not seen. */
export interface CellMotion {
  readonly halves: readonly [Float64Array, Float64Array];
}

/**
 * The median of what each half of a cell moves by itself. The halves lie like the squares of a chessboard, so that what is measured in one
 * shares no window with the other: what both agree on is motion, what they do not is noise.
 * @param from x, y pairs. @param to As many, `NaN` where the point was lost. @param h The motion of the whole.
 */
export function cellMotion(from: Float64Array, to: Float64Array, h: Homography, size: Size): CellMotion {
  const seen: number[][] = Array.from({ length: 2 * CELLS }, () => []);
  for (let k = 0; k < from.length; k += 2) {
    if (!Number.isFinite(to[k])) continue;
    const column = clamp(Math.floor((2 * CELL_COLUMNS * (from[k] + 0.5)) / size.width), 2 * CELL_COLUMNS);
    const row = clamp(Math.floor((CELL_ROWS * (from[k + 1] + 0.5)) / size.height), CELL_ROWS);
    const half = (column + row) % 2;
    seen[2 * (row * CELL_COLUMNS + (column >> 1)) + half].push(k);
  }
  const halves = [0, 1].map((half) => {
    const out = new Float64Array(2 * CELLS).fill(Number.NaN);
    for (let cell = 0; cell < CELLS; cell++) {
      const points = seen[2 * cell + half];
      if (points.length < FEWEST) continue;
      const rest = points.map((k) => {
        const [x, y] = applyHomography(h, from[k], from[k + 1]);
        return [to[k] - x, to[k + 1] - y] as const;
      });
      for (const axis of [0, 1] as const) {
        const middle = quantile(
          rest.map((value) => value[axis]),
          0.5,
        );
        out[2 * cell + axis] = Math.min(Math.max(middle, -FARTHEST), FARTHEST);
      }
    }
    return out;
  });
  return { halves: [halves[0], halves[1]] };
}

function clamp(value: number, end: number): number {
  return Math.min(Math.max(value, 0), end - 1);
}
