import type { Draws } from './draws.js';
import type { View } from './view.js';

/** Electrons of a white pixel in full light. */
const WHITE = 2000;

/** Standard deviation of the read noise, in electrons. */
const READ_NOISE = 3;

/** Share of the full light that is left, for both frames of a pair: e^uniform between 0.05 and 0.3. */
export function lightLeft(random: Draws): number {
  return Math.exp(random.uniform(Math.log(0.05), Math.log(0.3)));
}

/**
 * One frame in little light: a pixel of brightness v in 0..1 gathers Poisson(light · v · 2000) electrons, reading adds Gaussian noise of 3
 * electrons, and 8 bits over the full range quantise what is left: the picture stays dark, with as few as 13 levels.
 */
export function lowLight(view: View, light: number, random: Draws): View {
  const values = view.values.map((value) => {
    const electrons = random.poisson((light * WHITE * value) / 255) + READ_NOISE * random.gaussian();
    return (255 * electrons) / WHITE;
  });
  return { ...view, values };
}
