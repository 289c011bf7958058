// Measures a picture's noise, and takes it away.
import { neighbourhoodMean, smoothed } from './smoothing.js';

/** Standard deviation that white noise of 1 has in each octave of detail that `smoothed` takes away at spacings 1, 2, 4. */
const OCTAVES = [0.891, 0.201, 0.0855] as const;

/** Side of the blocks in pixels, and the share of them that is taken to show noise alone. */
const BLOCK = 8;
const FLAT = 0.2;

/** By what the flattest blocks understate the noise, being chosen for it. */
const CHOSEN = 1.08;

/** Standard deviation of rounding to grey levels. */
const ROUNDING = 0.3;

/** Share of pixels at the end of the range above which a block says nothing of noise. */
const CUT_OFF = 0.1;

/**
 * Standard deviation of a picture's noise in its own units: that of the finest detail in its flattest blocks.
 * @param cutOff 1 where a pixel lies at the end of the range, else 0.
 */
export function noiseLevel(picture: Float32Array, cutOff: Float32Array, side: number): number {
  const soft = smoothed(picture, side, 1);
  const all: number[] = [];
  const within: number[] = [];
  for (let top = 0; top + BLOCK <= side; top += BLOCK) {
    for (let left = 0; left + BLOCK <= side; left += BLOCK) {
      let [squares, cut] = [0, 0];
      for (let y = top; y < top + BLOCK; y++) {
        for (let i = y * side + left; i < y * side + left + BLOCK; i++) {
          squares += (picture[i] - soft[i]) ** 2;
          cut += cutOff[i];
        }
      }
      all.push(squares);
      if (cut < CUT_OFF * BLOCK * BLOCK) within.push(squares);
    }
  }
  const blocks = (within.length > 0.1 * all.length ? within : all).sort((a, b) => a - b);
  const detail = Math.sqrt(blocks[Math.floor(FLAT * blocks.length)]) / BLOCK;
  return Math.max((CHOSEN * detail) / OCTAVES[0], ROUNDING);
}

/** How many times its variance noise must be exceeded by detail that is believed. */
const OVER = 2;

/**
 * A picture with the details of its three finest octaves kept by as much as they stand out of noise around each pixel (a Wiener filter whose
 * signal is what the neighbourhood holds; Lee, IEEE PAMI 2(2), 1980).
 * @param variance Of the noise at each pixel.
 */
export function denoised(picture: Float32Array, variance: Float32Array, side: number): Float32Array {
  const out = picture.slice();
  let rest = picture;
  for (const [octave, gain] of OCTAVES.entries()) {
    const coarser = smoothed(rest, side, 2 ** octave);
    const detail = new Float32Array(out.length);
    const power = new Float32Array(out.length);
    for (let i = 0; i < out.length; i++) {
      detail[i] = rest[i] - coarser[i];
      power[i] = detail[i] * detail[i];
    }
    const around = neighbourhoodMean(power, side, 2 + octave);
    for (let i = 0; i < out.length; i++) {
      const noise = OVER * gain * gain * variance[i];
      out[i] -= detail[i] * Math.min(noise / (around[i] + 1e-9), 1);
    }
    rest = coarser;
  }
  return out;
}
