import { type Allocate, allocateNew } from './scratchArrays.js';

/**
 * A symmetric positive definite matrix of `size` rows whose entries are zero further than `halfBandwidth` from the diagonal. Only the
 * lower half is kept, row by row: entry (row, column) is at `row × (halfBandwidth + 1) + halfBandwidth + column − row`.
 */
export interface BandedMatrix {
  readonly size: number;
  readonly halfBandwidth: number;
  readonly entries: Float64Array;
}

export function createBandedMatrix(
  size: number,
  halfBandwidth: number,
  allocate: Allocate = allocateNew,
): BandedMatrix {
  return { size, halfBandwidth, entries: allocate(size * (halfBandwidth + 1)) };
}

/**
 * Replaces the matrix by its Cholesky factor L (A = L Lᵀ), which has the same band (Golub and Van Loan, section 4.3.5). A pivot that
 * rounding has made vanish is replaced by a huge one, which leaves its unknown where it is.
 */
export function factorizeBanded({ size, halfBandwidth: w, entries }: BandedMatrix): void {
  const width = w + 1;
  for (let i = 0; i < size; i++) {
    const row = i * width + w - i;
    const start = Math.max(0, i - w);
    for (let j = start; j < i; j++) {
      const other = j * width + w - j;
      let a = entries[row + j];
      let b = 0;
      let k = start;
      for (; k + 1 < j; k += 2) {
        a -= entries[row + k] * entries[other + k];
        b -= entries[row + k + 1] * entries[other + k + 1];
      }
      if (k < j) a -= entries[row + k] * entries[other + k];
      // The diagonal holds the reciprocal of the pivot: solving then multiplies.
      entries[row + j] = (a + b) * entries[other + j];
    }
    const diagonal = entries[row + i];
    let pivot = diagonal;
    for (let k = start; k < i; k++) pivot -= entries[row + k] ** 2;
    entries[row + i] = pivot > 1e-14 * diagonal ? 1 / Math.sqrt(pivot) : 1e-30;
  }
}

/** Solves L Lᵀ x = b in place, with the factor left by {@link factorizeBanded}. */
export function solveBanded({ size, halfBandwidth: w, entries }: BandedMatrix, b: Float64Array): void {
  for (let i = 0; i < size; i++) {
    const row = i * (w + 1) + w - i;
    let sum = b[i];
    for (let k = Math.max(0, i - w); k < i; k++) sum -= entries[row + k] * b[k];
    b[i] = sum * entries[row + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    const row = i * (w + 1) + w - i;
    const x = b[i] * entries[row + i];
    b[i] = x;
    for (let k = Math.max(0, i - w); k < i; k++) b[k] = b[k] - entries[row + k] * x;
  }
}
