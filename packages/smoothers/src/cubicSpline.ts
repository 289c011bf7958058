/** A uniform grid of knots over a path's time stamps, and where each time stamp lies on it. */
export interface SplineGrid {
  /** Seconds between knots. */
  readonly spacing: number;
  /** Number of coefficients: one more than intervals, plus two beyond the ends. */
  readonly coefficients: number;
  /** Per time stamp the first of the four coefficients that it depends on. */
  readonly first: Int32Array;
  /** Per time stamp the weights of those four. */
  readonly weights: Float64Array;
}

/** Uniform cubic B-splines (de Boor 1978, chapter IX) over `times`, with knots about `spacing` seconds apart. */
export function splineGrid(times: Float64Array, spacing: number): SplineGrid {
  const n = times.length;
  const duration = times[n - 1] - times[0];
  const intervals = Math.max(1, Math.round(duration / spacing));
  const step = duration / intervals;
  const first = new Int32Array(n);
  const weights = new Float64Array(4 * n);
  for (let i = 0; i < n; i++) {
    const x = (times[i] - times[0]) / step;
    const k = Math.min(intervals - 1, Math.trunc(x));
    const u = x - k;
    const v = 1 - u;
    first[i] = k;
    weights[4 * i] = (v * v * v) / 6;
    weights[4 * i + 1] = (3 * u * u * u - 6 * u * u + 4) / 6;
    weights[4 * i + 2] = (3 * v * v * v - 6 * v * v + 4) / 6;
    weights[4 * i + 3] = (u * u * u) / 6;
  }
  return { spacing: step, coefficients: intervals + 3, first, weights };
}
