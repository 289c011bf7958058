/** A square of complex numbers, row by row; `size` is a power of two. */
export interface ComplexGrid {
  readonly size: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** In-place radix-2 transform of `n` numbers that start at `offset` and lie `step` apart (Cooley and Tukey 1965). */
function transformLine(grid: ComplexGrid, offset: number, step: number, sign: 1 | -1): void {
  const { size: n, re, im } = grid;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const a = offset + i * step;
      const b = offset + j * step;
      [re[a], re[b]] = [re[b], re[a]];
      [im[a], im[b]] = [im[b], im[a]];
    }
  }
  for (let length = 2; length <= n; length *= 2) {
    const angle = (sign * 2 * Math.PI) / length;
    for (let k = 0; k < length / 2; k++) {
      const wr = Math.cos(angle * k);
      const wi = Math.sin(angle * k);
      for (let i = k; i < n; i += length) {
        const a = offset + i * step;
        const b = offset + (i + length / 2) * step;
        const xr = re[b] * wr - im[b] * wi;
        const xi = re[b] * wi + im[b] * wr;
        re[b] = re[a] - xr;
        im[b] = im[a] - xi;
        re[a] += xr;
        im[a] += xi;
      }
    }
  }
}

/** Transforms the grid in place: rows, then columns. `-1` forward, `1` backward; neither is scaled. */
export function fft2d(grid: ComplexGrid, sign: 1 | -1): void {
  for (let row = 0; row < grid.size; row++) transformLine(grid, row * grid.size, 1, sign);
  for (let col = 0; col < grid.size; col++) transformLine(grid, col, grid.size, sign);
}
