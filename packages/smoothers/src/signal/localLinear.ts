// Gaussian smoothing over time by local linear fits, right at the ends too.
import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import { sampleDurations } from './sampleDurations.js';

const REACH = 4;
const TABLE_STEPS_PER_SIGMA = 1024;

const gaussianTable = Float64Array.from({ length: REACH * TABLE_STEPS_PER_SIGMA + 2 }, (_, i) =>
  Math.exp(-0.5 * (i / TABLE_STEPS_PER_SIGMA) ** 2),
);

/** exp(−u²/2) for 0 ≤ u ≤ REACH, interpolated linearly in a table: off by less than 2e-7. */
function gaussianWeight(u: number): number {
  const x = u * TABLE_STEPS_PER_SIGMA;
  const i = Math.trunc(x);
  return gaussianTable[i] + (x - i) * (gaussianTable[i + 1] - gaussianTable[i]);
}

/**
 * Gaussian smoothing over time that is right at the ends: at every time stamp a straight line is fitted to the neighbours with
 * Gaussian weights of `sigma` seconds, and its value there is taken (local linear regression; Fan and Gijbels 1996, section 3.2).
 * Away from the ends of an evenly sampled path this is the Gaussian convolution; a straight line stays what it is everywhere.
 *
 * @param values `times.length × 8` numbers.
 */
export function localLinear(times: Float64Array, values: Float64Array, sigma: number): Float64Array {
  const n = times.length;
  const result = Float64Array.from(values);
  if (!(sigma > 0)) return result;
  const durations = sampleDurations(times);
  let weights = new Float64Array(256);
  let from = 0;
  let to = 0;
  for (let i = 0; i < n; i++) {
    const t = times[i];
    while (times[from] < t - REACH * sigma) from++;
    while (to < n && times[to] <= t + REACH * sigma) to++;
    if (to - from > weights.length) weights = new Float64Array(2 * (to - from));
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    for (let k = from; k < to; k++) {
      const u = (times[k] - t) / sigma;
      const w = gaussianWeight(Math.abs(u)) * durations[k];
      weights[k - from] = w;
      s0 += w;
      s1 += w * u;
      s2 += w * u * u;
    }
    const determinant = s0 * s2 - s1 * s1;
    // One sample within reach: nothing to average with.
    if (!(determinant > 1e-12 * s0 * s0)) continue;
    for (let k = from; k < to; k++) {
      weights[k - from] = (weights[k - from] * (s2 - (s1 * (times[k] - t)) / sigma)) / determinant;
    }
    weighRows(values, from, to, weights, result, i * PARAMETERS_PER_FRAME);
  }
  return result;
}

/** Adds up rows `from..to` of eight values with their weights; unrolled, since this is where the time goes. */
function weighRows(
  values: Float64Array,
  from: number,
  to: number,
  weights: Float64Array,
  result: Float64Array,
  at: number,
): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let e = 0;
  let f = 0;
  let g = 0;
  let h = 0;
  for (let k = from, v = from * PARAMETERS_PER_FRAME; k < to; k++, v += PARAMETERS_PER_FRAME) {
    const w = weights[k - from];
    a += w * values[v];
    b += w * values[v + 1];
    c += w * values[v + 2];
    d += w * values[v + 3];
    e += w * values[v + 4];
    f += w * values[v + 5];
    g += w * values[v + 6];
    h += w * values[v + 7];
  }
  result[at] = a;
  result[at + 1] = b;
  result[at + 2] = c;
  result[at + 3] = d;
  result[at + 4] = e;
  result[at + 5] = f;
  result[at + 6] = g;
  result[at + 7] = h;
}
