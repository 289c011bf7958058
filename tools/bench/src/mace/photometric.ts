import type { Draws } from './draws.js';
import type { View } from './view.js';

/** Largest standard deviation of the Gaussian blur, in pixels. */
const MOST_BLUR = 1.5;

/** Margin that {@link photometric} reads: four standard deviations. */
export const PHOTOMETRIC_MARGIN = Math.ceil(4 * MOST_BLUR);

/**
 * One frame as another exposure would show it, in this order: Gaussian blur of σ 0 to 1.5 px; with brightness v in 0..1,
 * `gain · v^gamma + bias` for gamma e^±0.4, gain e^−0.6 to e^0.3, bias ±0.1; Gaussian noise of σ 0 to 0.05. All five are drawn
 * uniformly (of e^…, the exponent), for each frame anew. Rounding to 8 bits cuts off what lies outside 0..1.
 */
export function photometric(view: View, random: Draws): View {
  const blur = random.uniform(0, MOST_BLUR);
  const gamma = Math.exp(random.uniform(-0.4, 0.4));
  const gain = Math.exp(random.uniform(-0.6, 0.3));
  const bias = random.uniform(-0.1, 0.1);
  const noise = random.uniform(0, 0.05);
  const values = gaussianBlur(view, blur).map(
    (value) => 255 * (gain * (value / 255) ** gamma + bias + noise * random.gaussian()),
  );
  return { ...view, values };
}

/** Separable; beyond the view its border is repeated, which a margin of four standard deviations keeps out of the patch. */
function gaussianBlur({ side, values }: View, sigma: number): Float64Array {
  const radius = Math.ceil(4 * sigma);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
  const sum = kernel.reduce((a, b) => a + b, 0);
  const along = (from: Float64Array, step: number, across: number): Float64Array => {
    const out = new Float64Array(from.length);
    for (let line = 0; line < side; line++) {
      for (let i = 0; i < side; i++) {
        let total = 0;
        for (let k = -radius; k <= radius; k++) {
          total += kernel[k + radius] * from[line * across + Math.min(Math.max(i + k, 0), side - 1) * step];
        }
        out[line * across + i * step] = total / sum;
      }
    }
    return out;
  };
  return radius === 0 ? values : along(along(values, 1, side), side, 1);
}
