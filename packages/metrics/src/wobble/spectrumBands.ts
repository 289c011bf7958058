// Displacement of the picture by frequency.

/** Frequency bands in Hz: sway, the bands that are seen best, and flutter. */
export const BANDS: readonly (readonly [number, number])[] = [
  [0.5, 1.5],
  [1.5, 4],
  [4, 8],
  [8, 15],
];

/** Frames of one spectrum, and how far the next one begins from it. */
export const SPECTRUM_FRAMES = 64;
export const SPECTRUM_HOP = 32;

const HANN = Float64Array.from(
  { length: SPECTRUM_FRAMES },
  (_, t) => 0.5 - 0.5 * Math.cos((2 * Math.PI * t) / (SPECTRUM_FRAMES - 1)),
);
const POWER = HANN.reduce((sum, value) => sum + value * value, 0);

/**
 * Energy by band of the displacement whose velocity, per frame, is given twice: the real part of the cross-spectrum, so that noise which the two
 * do not share cancels. With the same velocity twice it is the power spectrum. Hann window; velocity becomes displacement by
 * division by (2 sin πf/fs)².
 * @param a {@link SPECTRUM_FRAMES} values. @param frameRate In Hz; bands beyond half of it hold nothing.
 * @returns Mean squared displacement per band of {@link BANDS}.
 */
export function bandEnergies(a: Float64Array, b: Float64Array, frameRate: number): Float64Array {
  const [left, right] = [a, b].map(windowed);
  const out = new Float64Array(BANDS.length);
  for (let k = 1; k <= SPECTRUM_FRAMES / 2; k++) {
    const frequency = (k * frameRate) / SPECTRUM_FRAMES;
    const band = BANDS.findIndex(([from, to]) => frequency >= from && frequency < to);
    if (band < 0) continue;
    const [ar, ai] = coefficient(left, k);
    const [br, bi] = coefficient(right, k);
    const toDisplacement = (2 * Math.sin((Math.PI * k) / SPECTRUM_FRAMES)) ** 2;
    out[band] += (2 * (ar * br + ai * bi)) / (POWER * SPECTRUM_FRAMES * toDisplacement);
  }
  return out;
}

function windowed(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value, t) => (value - mean) * HANN[t]);
}

function coefficient(values: Float64Array, k: number): [number, number] {
  let re = 0;
  let im = 0;
  for (let t = 0; t < values.length; t++) {
    const turn = (2 * Math.PI * k * t) / SPECTRUM_FRAMES;
    re += values[t] * Math.cos(turn);
    im -= values[t] * Math.sin(turn);
  }
  return [re, im];
}
