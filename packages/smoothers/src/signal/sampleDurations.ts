/**
 * For every time stamp the seconds that its sample stands for: half the distance between its two neighbours, at the ends the distance
 * to the only one. Sums weighted with it approximate integrals over time, so that they mean the same at any frame rate.
 */
export function sampleDurations(times: Float64Array): Float64Array {
  const n = times.length;
  const durations = new Float64Array(n).fill(1);
  if (n < 2) return durations;
  for (let i = 0; i < n; i++) {
    const from = Math.max(0, i - 1);
    const to = Math.min(n - 1, i + 1);
    durations[i] = (times[to] - times[from]) / (to - from);
  }
  return durations;
}
