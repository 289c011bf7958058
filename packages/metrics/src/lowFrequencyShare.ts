// The share of a signal's energy in its lowest frequencies, from which the stability score is made.

/** Bins of the discrete Fourier transform that count as wanted motion: the 2nd to the 6th, the first being the mean. */
const LOW_BINS = 5;

/** Shortest signal whose spectrum has bins beyond the low ones. */
export const SHORTEST_SIGNAL = 2 * LOW_BINS + 3;

/**
 * Energy of the 2nd to 6th bins of a signal's discrete Fourier transform over the energy of all bins but the mean, one half of the
 * spectrum (the other mirrors it; the Nyquist bin is left out, as in the published code). Several signals of one length (the components
 * of a vector) add up their energies. `undefined` when there is no energy beyond rounding (0/0) or fewer than
 * {@link SHORTEST_SIGNAL} samples.
 *
 * Direct sums for the five bins, Parseval's theorem for all: linear in the length, which need not be a power of two.
 */
export function lowFrequencyShare(...signals: readonly ArrayLike<number>[]): number | undefined {
  let low = 0;
  let all = 0;
  let rounding = 0;
  for (const signal of signals) {
    const n = signal.length;
    if (n < SHORTEST_SIGNAL) return undefined;
    let mean = 0;
    let peak = 0;
    for (let i = 0; i < n; i++) {
      mean += signal[i] / n;
      peak = Math.max(peak, Math.abs(signal[i]));
    }
    let square = 0;
    let alternating = 0;
    for (let i = 0; i < n; i++) {
      const value = signal[i] - mean;
      square += value * value;
      alternating += i % 2 === 0 ? value : -value;
    }
    // Twice the half spectrum: Parseval, less the mean (removed above) and the Nyquist bin, which only an even length has.
    all += n * square - (n % 2 === 0 ? alternating * alternating : 0);
    rounding += (n * peak * 1e-12) ** 2;
    for (let bin = 1; bin <= LOW_BINS; bin++) low += 2 * binEnergy(signal, mean, bin);
  }
  return all > rounding ? Math.min(low / all, 1) : undefined;
}

function binEnergy(signal: ArrayLike<number>, mean: number, bin: number): number {
  const n = signal.length;
  let re = 0;
  let im = 0;
  for (let i = 0; i < n; i++) {
    const angle = (2 * Math.PI * ((bin * i) % n)) / n;
    re += (signal[i] - mean) * Math.cos(angle);
    im -= (signal[i] - mean) * Math.sin(angle);
  }
  return re * re + im * im;
}
