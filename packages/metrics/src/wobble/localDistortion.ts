// How far parts of a stabilized picture are bent.
import type { LumaImage } from '../image/lumaImage.js';
import { cornerPoints } from '../tracking/cornerPoints.js';
import { imagePyramid } from '../tracking/imagePyramid.js';
import { trackPoints } from '../tracking/trackPoints.js';
import { CELL_COLUMNS, CELL_ROWS, CELLS } from './cellMotion.js';

/** Both pictures are close to each other: two levels reach 15 px. */
const LEVELS = 2;
/** Points that the slope of a cell needs. */
const FEWEST = 6;

/**
 * How far each cell of a picture is bent away from a similarity, beyond what a homography does to the whole: the larger singular value of
 * J − sR, where J is the local linear map and sR the similarity nearest to it. Cells with too few points are left out.
 * @param moved The original, already moved by the homography. @param shown The picture that was made from it, of the same size.
 */
export function localDistortion(moved: LumaImage, shown: LumaImage): number[] {
  const points = cornerPoints(moved);
  const tracked = trackPoints(imagePyramid(moved, LEVELS), imagePyramid(shown, LEVELS), points);
  const cells: number[][] = Array.from({ length: CELLS }, () => []);
  for (let k = 0; k < points.length; k += 2) {
    if (!Number.isFinite(tracked[k])) continue;
    const column = Math.min(Math.floor((CELL_COLUMNS * points[k]) / moved.width), CELL_COLUMNS - 1);
    const row = Math.min(Math.floor((CELL_ROWS * points[k + 1]) / moved.height), CELL_ROWS - 1);
    cells[row * CELL_COLUMNS + column].push(k);
  }
  return cells.flatMap((own) => {
    if (own.length < FEWEST) return [];
    const slope = slopes(own, points, tracked);
    return slope === undefined ? [] : [Math.hypot((slope[0] - slope[3]) / 2, (slope[1] + slope[2]) / 2)];
  });
}

/** Least-squares slopes ∂dx/∂x, ∂dx/∂y, ∂dy/∂x, ∂dy/∂y of the displacement over some points. */
function slopes(own: readonly number[], from: Float64Array, to: Float64Array): number[] | undefined {
  const mean = (pick: (k: number) => number): number => own.reduce((sum, k) => sum + pick(k), 0) / own.length;
  const cx = mean((k) => from[k]);
  const cy = mean((k) => from[k + 1]);
  const xx = mean((k) => (from[k] - cx) ** 2);
  const yy = mean((k) => (from[k + 1] - cy) ** 2);
  const xy = mean((k) => (from[k] - cx) * (from[k + 1] - cy));
  const determinant = xx * yy - xy * xy;
  // Points along a line say nothing of the other direction.
  if (!(determinant > 0.05 * xx * yy)) return undefined;
  return [0, 1].flatMap((axis) => {
    const bx = mean((k) => (from[k] - cx) * (to[k + axis] - from[k + axis]));
    const by = mean((k) => (from[k + 1] - cy) * (to[k + axis] - from[k + axis]));
    return [(yy * bx - xy * by) / determinant, (xx * by - xy * bx) / determinant];
  });
}
