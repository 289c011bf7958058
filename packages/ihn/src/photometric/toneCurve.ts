// How the grey levels of one exposure become those of another.
import { median } from './median.js';
import { solvePositiveDefinite } from './solvePositiveDefinite.js';

/** How the grey levels of one exposure become those of another. */
export interface ToneCurve {
  at(level: number): number;
  /** Its steepness there. */
  slope(level: number): number;
}

/** Degree of the polynomial. */
const DEGREE = 4;

/** How often it is fitted, what strays counting less each time, and the levels within which nothing strays. */
const PASSES = 3;
const CLOSE = 0.3;

/** Share of the levels at either end beyond which the curve stays as it is there. */
const TAIL = 0.005;

/**
 * Fits the curve that carries levels of one picture to those of another at the same places. Undefined when they do not tell.
 * @param from Levels, in whatever order; those of pictures without much noise, or the curve comes out too flat.
 * @param to As many.
 */
export function toneCurve(from: Float32Array, to: Float32Array): ToneCurve | undefined {
  const sorted = from.slice().sort();
  const [least, most] = [TAIL, 1 - TAIL].map((share) => sorted[Math.floor(share * (sorted.length - 1))]);
  const middle = (least + most) / 2;
  const half = (most - least) / 2;
  if (!(half > 0.5)) return undefined;
  const place = (level: number): number => Math.min(Math.max((level - middle) / half, -1), 1);
  let curve: Float64Array | undefined;
  let stray = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < PASSES; pass++) {
    curve = fitted(from, to, place, curve, stray);
    if (curve === undefined) return undefined;
    const known = curve;
    stray = 2 * median(from.map((level, i) => Math.abs(to[i] - heightOf(known, place(level))))) + CLOSE;
  }
  const known = curve as Float64Array;
  return {
    at: (level) => heightOf(known, place(level)),
    slope: (level) => slopeOf(known, place(level)) / half,
  };
}

function fitted(
  from: Float32Array,
  to: Float32Array,
  place: (level: number) => number,
  before: Float64Array | undefined,
  stray: number,
): Float64Array | undefined {
  const n = DEGREE + 1;
  const matrix = new Float64Array(n * n);
  const right = new Float64Array(n);
  const powers = new Float64Array(2 * DEGREE + 1);
  const moments = new Float64Array(2 * DEGREE + 1);
  for (let i = 0; i < from.length; i++) {
    const x = place(from[i]);
    const off = before === undefined ? 0 : (to[i] - heightOf(before, x)) / stray;
    const weight = 1 / (1 + off * off);
    let power = weight;
    for (let k = 0; k < powers.length; k++) {
      moments[k] += power;
      if (k < n) right[k] += power * to[i];
      power *= x;
    }
  }
  for (let row = 0; row < n; row++) {
    for (let col = 0; col < n; col++) matrix[row * n + col] = moments[row + col];
    matrix[row * n + row] += 1e-6 * moments[0];
  }
  return solvePositiveDefinite(matrix, right) ? right : undefined;
}

function heightOf(curve: Float64Array, x: number): number {
  let value = 0;
  for (let k = DEGREE; k >= 0; k--) value = value * x + curve[k];
  return value;
}

function slopeOf(curve: Float64Array, x: number): number {
  let value = 0;
  for (let k = DEGREE; k > 0; k--) value = value * x + k * curve[k];
  return value;
}
