/**
 * Weights of a derivative of a function sampled at irregular times, times the seconds that it stands for in an integral over time, times
 * `cost`: divided differences times k!, which are exact for polynomials of degree k at any spacing (de Boor 1978, chapter I).
 *
 * @param order 1, 2 or 3.
 * @returns `order + 1` weights for every frame that has so many successors, frame by frame.
 */
export function derivativeWeights(times: Float64Array, order: number, cost: number): Float64Array {
  const count = Math.max(0, times.length - order);
  const weights = new Float64Array(count * (order + 1));
  const factorial = order === 3 ? 6 : order;
  for (let i = 0; i < count; i++) {
    const duration = (times[i + order] - times[i]) / order;
    for (let a = 0; a <= order; a++) {
      let weight = cost * factorial * duration;
      for (let b = 0; b <= order; b++) if (b !== a) weight /= times[i + a] - times[i + b];
      weights[i * (order + 1) + a] = weight;
    }
  }
  return weights;
}
