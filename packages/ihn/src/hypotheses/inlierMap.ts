/** Which parts of the previous frame moved with the camera, 0..1: `cells × cells` numbers row by row. */
export interface InlierMap {
  readonly cells: number;
  readonly data: Float32Array;
}

/** The map with at most `most` cells in a row: four neighbours become their mean until it has. */
export function reducedTo(most: number, { cells, data }: InlierMap): Float32Array {
  if (cells <= most) return data;
  const half = cells >> 1;
  const means = new Float32Array(half * half);
  for (let i = 0; i < means.length; i++) {
    const at = 2 * Math.floor(i / half) * cells + 2 * (i % half);
    means[i] = (data[at] + data[at + 1] + data[at + cells] + data[at + cells + 1]) / 4;
  }
  return reducedTo(most, { cells: half, data: means });
}

/** The map resampled to `side × side` cells: means of several, or each cell several times. */
export function resampledTo(side: number, inliers: InlierMap): Float32Array {
  const data = reducedTo(side, inliers);
  const cells = Math.sqrt(data.length);
  if (cells === side) return data;
  const weights = new Float32Array(side * side);
  for (let i = 0; i < weights.length; i++) {
    const row = Math.floor((Math.floor(i / side) * cells) / side);
    weights[i] = data[row * cells + Math.floor(((i % side) * cells) / side)];
  }
  return weights;
}
