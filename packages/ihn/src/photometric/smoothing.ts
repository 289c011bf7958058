// Smoothing filters for square pictures.

/** Weights of the cubic B-spline at 0, ±1 and ±2. */
const [MIDDLE, NEXT, FAR] = [6 / 16, 4 / 16, 1 / 16];

/**
 * A square picture smoothed by a cubic B-spline whose taps lie `spacing` pixels apart; what lies outside is mirrored. Spacings of 1, 2, 4 after
 * one another are the à-trous wavelet transform: what each takes away is one octave of detail (Starck and Murtagh, Astronomical Image and
 * Data Analysis, 2006, §2.3).
 * @param picture `side × side`, row by row; `side` above `2 · spacing`.
 */
export function smoothed(picture: Float32Array, side: number, spacing: number): Float32Array {
  const across = new Float32Array(picture.length);
  const out = new Float32Array(picture.length);
  along(picture, across, side, spacing, 1, side);
  along(across, out, side, spacing, side, 1);
  return out;
}

/** Smooths each line: its samples lie `step` apart, the lines `apart`. */
function along(
  from: Float32Array,
  out: Float32Array,
  side: number,
  spacing: number,
  step: number,
  apart: number,
): void {
  for (let i = 0; i < side; i++) {
    const [before, after] = [mirrored(i - spacing, side) * step, mirrored(i + spacing, side) * step];
    const [first, last] = [mirrored(i - 2 * spacing, side) * step, mirrored(i + 2 * spacing, side) * step];
    for (let line = 0; line < side * apart; line += apart) {
      out[line + i * step] =
        MIDDLE * from[line + i * step] +
        NEXT * (from[line + before] + from[line + after]) +
        FAR * (from[line + first] + from[line + last]);
    }
  }
}

function mirrored(i: number, side: number): number {
  if (i < 0) return -1 - i;
  return i < side ? i : 2 * side - 1 - i;
}

/** The mean of each pixel's neighbourhood of `2 · radius + 1` pixels squared, as much of it as lies within the picture. */
export function neighbourhoodMean(picture: Float32Array, side: number, radius: number): Float32Array {
  const across = new Float32Array(picture.length);
  const out = new Float32Array(picture.length);
  means(picture, across, side, radius, 1, side);
  means(across, out, side, radius, side, 1);
  return out;
}

/** Running means of each line. */
function means(from: Float32Array, out: Float32Array, side: number, radius: number, step: number, apart: number): void {
  for (let line = 0; line < side * apart; line += apart) {
    let [sum, count] = [0, 0];
    for (let i = -radius; i < side; i++) {
      const [enters, leaves] = [i + radius, i - radius - 1];
      if (enters < side) {
        sum += from[line + enters * step];
        count++;
      }
      if (leaves >= 0) {
        sum -= from[line + leaves * step];
        count--;
      }
      if (i >= 0) out[line + i * step] = sum / count;
    }
  }
}
