// Which cells of a frame changed since the frame before.
import type { Homography } from '@gimbal/core';
import type { CellGrid } from './cellGrid.js';

/** Squared Oklab distance, mean over the parts, below which a cell's content did not change: a quarter of a just noticeable step. */
const STILL = 0.005 ** 2;
/** Above this, in half of the cells: another shot. */
const CUT = 0.12 ** 2;
/** A tile that has filled its cell this long gives way at half the price. Seconds. */
const LONG = 2;
/** Times the price where the content did not change. */
const HYSTERESIS = 8;

/** How a frame's cells differ from those of the frame before. */
export interface Change {
  /** Nothing moved at all. */
  readonly repeated: boolean;
  readonly cut: boolean;
}

/** What a mosaic remembers of each cell from frame to frame. */
export class CellMemory {
  readonly tile: Int32Array;
  /** The tile of the cell that the content came from; −1 where it came from outside. */
  readonly stayColumns: Int32Array;
  readonly stayPenalties: Int32Array;
  /** Whether the content changed, by cell, in the frame that was last compared. */
  readonly still: Uint8Array;
  readonly #since: Float64Array;
  readonly #distances: Float64Array;
  #earlier: Int16Array | undefined;

  constructor(readonly cells: number) {
    this.tile = new Int32Array(cells).fill(-1);
    this.stayColumns = new Int32Array(cells).fill(-1);
    this.stayPenalties = new Int32Array(cells);
    this.still = new Uint8Array(cells);
    this.#since = new Float64Array(cells);
    this.#distances = new Float64Array(cells);
  }

  /** Compares features with those of the frame before, and keeps them. */
  compare(features: Int16Array, parts: number, scale: number): Change {
    const earlier = this.#earlier;
    this.#earlier = features.slice();
    if (earlier === undefined) return { repeated: false, cut: true };
    const numbers = parts * 3;
    let largest = 0;
    for (let i = 0; i < this.cells; i++) {
      let sum = 0;
      for (let k = i * numbers; k < (i + 1) * numbers; k++) sum += (features[k] - earlier[k]) ** 2;
      const distance = sum / parts / scale ** 2;
      this.#distances[i] = distance;
      this.still[i] = distance < STILL ? 1 : 0;
      largest = Math.max(largest, sum);
    }
    const half = this.#distances.slice().sort()[this.cells >> 1];
    return { repeated: largest === 0, cut: half > CUT };
  }

  /** What each cell would keep and what leaving it costs. @param price For content that changed, of a tile that came lately. */
  prepareStay(grid: CellGrid, price: number, time: number, motion: Homography | undefined): void {
    for (let i = 0; i < this.cells; i++) {
      const from = motion === undefined ? i : origin(grid, i, motion);
      this.stayColumns[i] = from < 0 ? -1 : this.tile[from];
      const long = from >= 0 && time - this.#since[from] > LONG && this.still[i] === 0;
      this.stayPenalties[i] = Math.round(price * (long ? 0.5 : 1) * (this.still[i] === 1 ? HYSTERESIS : 1));
    }
  }

  /** Takes a frame's tiles. @returns how many cells show another one than before. */
  take(columns: Int32Array, time: number): number {
    let changed = 0;
    for (let i = 0; i < this.cells; i++) {
      if (columns[i] === this.tile[i]) continue;
      changed++;
      this.tile[i] = columns[i];
      this.#since[i] = time;
    }
    return changed;
  }
}

/** The cell that a cell's middle was in one frame earlier; −1 where it came from outside. */
function origin({ cols, rows, x, y }: CellGrid, cell: number, motion: Homography): number {
  const col = cell % cols;
  const row = Math.floor(cell / cols);
  // The motion maps the frame before to this one: its inverse is what is wanted, and for a step of the camera it is near enough to solve.
  const target = [(x[col] + x[col + 1] - 1) / 2, (y[row] + y[row + 1] - 1) / 2];
  let [px, py] = target;
  for (let step = 0; step < 4; step++) {
    const w = motion[6] * px + motion[7] * py + motion[8];
    px += target[0] - (motion[0] * px + motion[1] * py + motion[2]) / w;
    py += target[1] - (motion[3] * px + motion[4] * py + motion[5]) / w;
  }
  const width = x[cols];
  const height = y[rows];
  if (!(px >= 0 && py >= 0 && px < width && py < height)) return -1;
  const fromCol = Math.min(cols - 1, Math.floor(((px + 0.5) * cols) / width));
  const fromRow = Math.min(rows - 1, Math.floor(((py + 0.5) * rows) / height));
  return fromRow * cols + fromCol;
}
