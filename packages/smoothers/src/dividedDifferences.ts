/** Weights of the first three derivatives of a function sampled at irregular times. */
export interface DerivativeWeights {
  /** Per order 1..3: `order + 1` weights for every frame that has so many successors, frame by frame. */
  readonly weights: readonly [Float64Array, Float64Array, Float64Array];
  /** Per order the seconds that each derivative stands for in an integral over time. */
  readonly durations: readonly [Float64Array, Float64Array, Float64Array];
}

/**
 * Divided differences times k!, which are exact for polynomials of degree k at any spacing (de Boor 1978, chapter I); on evenly
 * spaced times the plain differences over the step to the k.
 */
export function derivativeWeights(times: Float64Array): DerivativeWeights {
  return {
    weights: [ofOrder(times, 1), ofOrder(times, 2), ofOrder(times, 3)],
    durations: [spans(times, 1), spans(times, 2), spans(times, 3)],
  };
}

function ofOrder(times: Float64Array, order: 1 | 2 | 3): Float64Array {
  const count = Math.max(0, times.length - order);
  const weights = new Float64Array(count * (order + 1));
  const factorial = order === 3 ? 6 : order;
  for (let i = 0; i < count; i++) {
    for (let a = 0; a <= order; a++) {
      let weight = factorial;
      for (let b = 0; b <= order; b++) if (b !== a) weight /= times[i + a] - times[i + b];
      weights[i * (order + 1) + a] = weight;
    }
  }
  return weights;
}

function spans(times: Float64Array, order: number): Float64Array {
  const count = Math.max(0, times.length - order);
  return Float64Array.from({ length: count }, (_, i) => (times[i + order] - times[i]) / order);
}
