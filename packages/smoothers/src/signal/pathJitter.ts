// How shaky a camera path is.
import { PARAMETERS_PER_FRAME, type Size } from '@gimbal/core';
import { parameterFields, parameterRadius } from '@gimbal/core/geometry';

const SIZE = PARAMETERS_PER_FRAME;

/** How abruptly a path changes its speed, in pixels at 640 wide. */
export interface PathJitter {
  readonly median: number;
  readonly rms: number;
}

/**
 * Change of the frame corners' displacement from one step to the next, to first order: per frame the root mean square over the corners'
 * eight coordinates, then the median and the root mean square over frames. Steps of another duration than most count by their speed.
 */
export function pathJitter(times: Float64Array, parameters: Float64Array, size: Size): PathJitter {
  const n = times.length;
  if (n < 3) return { median: 0, rms: 0 };
  const usual = median(Float64Array.from({ length: n - 1 }, (_, i) => times[i + 1] - times[i]));
  const corners = [-1, 1].flatMap((x) => [-1, 1].map((y) => cornerFields(x, y, size)));
  const perFrame = new Float64Array(n - 2);
  const change = new Float64Array(SIZE);
  for (let i = 0; i + 2 < n; i++) {
    for (let j = 0; j < SIZE; j++) {
      const [a, b, c] = [0, 1, 2].map((k) => parameters[(i + k) * SIZE + j]);
      change[j] = usual * ((c - b) / (times[i + 2] - times[i + 1]) - (b - a) / (times[i + 1] - times[i]));
    }
    let sum = 0;
    for (const fields of corners) {
      for (let axis = 0; axis < 2; axis++) {
        let moved = 0;
        for (let j = 0; j < SIZE; j++) moved += fields[axis * SIZE + j] * change[j];
        sum += moved * moved;
      }
    }
    perFrame[i] = (Math.sqrt(sum / 8) * 640) / size.width;
  }
  const rms = Math.sqrt(perFrame.reduce((sum, value) => sum + value * value, 0) / perFrame.length);
  return { median: median(perFrame), rms };
}

function cornerFields(x: number, y: number, { width, height }: Size): Float64Array {
  const radius = parameterRadius({ width, height });
  return parameterFields((x * (width - 1)) / 2 / radius, (y * (height - 1)) / 2 / radius);
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
