/** Electrons above which a Poisson draw is a rounded Gaussian one. */
const GAUSSIAN_FROM = 30;

/** A stream of random numbers; the same on every machine for the same seed. */
export interface Draws {
  /** In [low, high). */
  uniform(low: number, high: number): number;
  /** A whole number, low and high included. */
  integer(low: number, high: number): number;
  /** Mean 0, standard deviation 1. */
  gaussian(): number;
  /** Of the given mean. */
  poisson(mean: number): number;
}

/**
 * Numbers from sfc32 (Doty-Humphrey, PractRand), whose state is filled from the seed by three steps of a counter and warmed up by 15.
 * Gaussians by Box and Muller; Poisson numbers by Knuth's product, above a mean of 30 by a rounded Gaussian of the same mean and variance.
 * @param seed 0 to 2³²−1.
 */
export function draws(seed: number): Draws {
  let a = (seed ^ 0x9e3779b9) | 0;
  let b = (Math.imul(seed, 0x85ebca6b) ^ 0x243f6a88) | 0;
  let c = (Math.imul(seed, 0xc2b2ae35) ^ 0xb7e15162) | 0;
  let counter = 1;
  const word = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 15; i++) word();
  const unit = (): number => word() / 4294967296;
  let spare: number | undefined;
  const gaussian = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    // 1 − u is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - unit()));
    const angle = 2 * Math.PI * unit();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    uniform: (low, high) => low + (high - low) * unit(),
    integer: (low, high) => low + Math.floor((high - low + 1) * unit()),
    gaussian,
    poisson(mean) {
      if (mean > GAUSSIAN_FROM) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gaussian()));
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = unit(); product > limit; product *= unit()) count++;
      return count;
    },
  };
}
