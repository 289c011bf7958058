/**
 * A smooth curve that never exceeds `values`: the minimum over ±radius, averaged with a Hann window over ±radius. Every averaged
 * minimum covers the instant itself, hence the bound.
 * @param times Strictly increasing, same unit as `radius`.
 */
export function lowerEnvelope(times: Float64Array, values: Float64Array, radius: number): Float64Array {
  return hannMean(times, slidingMinimum(times, values, radius), radius);
}

/** Minimum over [t − radius, t + radius], by a monotone queue. */
function slidingMinimum(times: Float64Array, values: Float64Array, radius: number): Float64Array {
  const n = values.length;
  const out = new Float64Array(n);
  const queue = new Int32Array(n);
  let head = 0;
  let tail = 0;
  let next = 0;
  for (let i = 0; i < n; i++) {
    while (next < n && times[next] <= times[i] + radius) {
      while (tail > head && values[queue[tail - 1]] >= values[next]) tail--;
      queue[tail++] = next++;
    }
    while (times[queue[head]] < times[i] - radius) head++;
    out[i] = values[queue[head]];
  }
  return out;
}

function hannMean(times: Float64Array, values: Float64Array, radius: number): Float64Array {
  const n = values.length;
  const out = new Float64Array(n);
  let first = 0;
  for (let i = 0; i < n; i++) {
    while (times[first] < times[i] - radius) first++;
    let sum = 0;
    let total = 0;
    for (let j = first; j < n && times[j] <= times[i] + radius; j++) {
      const weight = 0.5 + 0.5 * Math.cos((Math.PI * (times[j] - times[i])) / radius) + 1e-9;
      sum += weight * values[j];
      total += weight;
    }
    out[i] = sum / total;
  }
  return out;
}
