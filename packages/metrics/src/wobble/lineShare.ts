// How much of the local motion is that of whole rows (rolling shutter) or whole columns.
import { CELL_COLUMNS, CELL_ROWS, CELLS } from './cellMotion.js';

/** Knots of the piecewise linear curve, and the weight of its second differences and of its values. */
const KNOTS = 5;
const STIFFNESS = 0.5;
const RIDGE = 0.02;
/** Cells that a fit needs. */
const FEWEST = 12;

/**
 * How much of the local motion's energy a curve over the rows explains (each row of the picture moving as one: what a rolling shutter does), or
 * over the columns, which nothing does and which so tells what the fit itself finds in noise. Fitted on one half of the cells, judged on
 * the other: energy that it takes away there, summed over frames.
 */
export class LineShare {
  #along = 0;
  #own = 0;
  #cells = 0;
  readonly #basis: readonly Float64Array[];

  constructor(axis: 'row' | 'column') {
    this.#basis = Array.from({ length: CELLS }, (_, cell) =>
      hats(
        axis === 'row'
          ? (Math.floor(cell / CELL_COLUMNS) + 0.5) / CELL_ROWS
          : ((cell % CELL_COLUMNS) + 0.5) / CELL_COLUMNS,
      ),
    );
  }

  /** @param a, b x, y per cell of both halves. @param cells Those that both have. */
  add(a: Float64Array, b: Float64Array, cells: readonly number[]): void {
    if (cells.length < FEWEST) return;
    for (const axis of [0, 1]) {
      const [left, right] = [a, b].map((half) => this.#fit(half, cells, axis));
      for (const cell of cells) {
        this.#along += (left[cell] * b[2 * cell + axis] + right[cell] * a[2 * cell + axis]) / 2;
        this.#own += (left[cell] ** 2 + right[cell] ** 2) / 2;
      }
    }
    this.#cells += cells.length;
  }

  /** Mean energy per cell. */
  get energy(): number {
    return this.#own > 0 ? Math.max(this.#along, 0) ** 2 / this.#own / this.#cells : 0;
  }

  #fit(values: Float64Array, cells: readonly number[], axis: number): Float64Array {
    const matrix = Array.from({ length: KNOTS }, () => new Float64Array(KNOTS + 1));
    for (let i = 0; i < KNOTS; i++) matrix[i][i] = RIDGE;
    for (let i = 0; i + 2 < KNOTS; i++) {
      const difference = [1, -2, 1];
      for (let p = 0; p < 3; p++) {
        for (let q = 0; q < 3; q++) matrix[i + p][i + q] += STIFFNESS * difference[p] * difference[q];
      }
    }
    for (const cell of cells) {
      const basis = this.#basis[cell];
      for (let i = 0; i < KNOTS; i++) {
        for (let j = 0; j < KNOTS; j++) matrix[i][j] += basis[i] * basis[j];
        matrix[i][KNOTS] += basis[i] * values[2 * cell + axis];
      }
    }
    const solution = eliminate(matrix);
    return Float64Array.from(this.#basis, (basis) => basis.reduce((sum, value, i) => sum + value * solution[i], 0));
  }
}

function hats(t: number): Float64Array {
  const out = new Float64Array(KNOTS);
  const u = t * (KNOTS - 1);
  const i = Math.min(Math.floor(u), KNOTS - 2);
  out[i] = 1 - (u - i);
  out[i + 1] = u - i;
  return out;
}

/** Solves a small positive definite system, given with its right side as the last column; in place. */
function eliminate(rows: Float64Array[]): number[] {
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return rows.map((row, k) => row[n] / row[k]);
}
