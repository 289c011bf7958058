import { type ComplexGrid, fft2d } from './fft.js';

/** How far a picture moved, in cells, and how much of its energy agrees on it (0..1). */
export interface Shift {
  readonly x: number;
  readonly y: number;
  readonly agreement: number;
}

/** Fourier transform of a thumbnail, its mean removed and its edges faded out (Hann) so that they do not wrap around. */
export function spectrum(pixels: Float64Array, size: number): ComplexGrid {
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
  const fade = Float64Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / size));
  const re = pixels.map((value, i) => (value - mean) * fade[i % size] * fade[Math.floor(i / size)]);
  const grid = { size, re, im: new Float64Array(pixels.length) };
  fft2d(grid, -1);
  return grid;
}

/**
 * Shift that carries `previous` onto `current`: the peak of the normalized cross-power spectrum's inverse transform (Kuglin and Hines,
 * "The phase correlation image alignment method", 1975), refined by the centroid of the peak's 3×3 neighbourhood.
 */
export function phaseShift(previous: ComplexGrid, current: ComplexGrid): Shift {
  const { size } = previous;
  const count = size * size;
  const surface: ComplexGrid = { size, re: new Float64Array(count), im: new Float64Array(count) };
  let carrying = 0;
  for (let i = 0; i < count; i++) {
    const re = previous.re[i] * current.re[i] + previous.im[i] * current.im[i];
    const im = previous.re[i] * current.im[i] - previous.im[i] * current.re[i];
    const magnitude = Math.hypot(re, im);
    // Frequencies without energy have no phase to speak of.
    if (magnitude < 1e-6) continue;
    carrying++;
    surface.re[i] = re / magnitude;
    surface.im[i] = im / magnitude;
  }
  if (carrying < count / 100) return { x: 0, y: 0, agreement: 0 };
  fft2d(surface, 1);
  let peak = 0;
  for (let i = 1; i < count; i++) if (surface.re[i] > surface.re[peak]) peak = i;
  let weight = 0;
  let x = 0;
  let y = 0;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const col = ((peak % size) + dx + size) % size;
      const row = (Math.floor(peak / size) + dy + size) % size;
      const value = Math.max(surface.re[row * size + col], 0);
      weight += value;
      x += value * dx;
      y += value * dy;
    }
  }
  const unwrap = (cell: number) => (cell >= size / 2 ? cell - size : cell);
  return {
    x: unwrap(peak % size) + x / weight,
    y: unwrap(Math.floor(peak / size)) + y / weight,
    agreement: Math.min(weight / carrying, 1),
  };
}
