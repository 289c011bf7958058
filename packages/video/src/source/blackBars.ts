import type { Plane } from '@gimbal/core';

/** Rows of bars above and below the picture, columns left and right of it; in pixels. */
export interface BlackBars {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Darkest eighth of a sample's range: black is 16 of 255 in studio range, and coding adds a little. */
const DARK = 26;
/** How much the samples of a bar may differ, of 255. */
const FLAT = 8;
/** Share of the side that a bar takes at least, on either side; the two may differ by as much. */
const LEAST = 0.02;
/** Bars that leave less than this of a side are rather a dark picture. */
const LEAST_PICTURE = 0.4;

/**
 * Black bars on two opposite sides of one picture (letterbox, pillarbox); `undefined` when there are none. One picture is no proof, so this is
 * good for a note.
 * @param bits significant bits of a sample and how far they are shifted up
 */
export function blackBars(
  luma: Plane,
  bits: { readonly bitDepth: number; readonly shift: number },
): BlackBars | undefined {
  const { data, width, height, stride, bytesPerSample } = luma;
  const down = bits.shift + bits.bitDepth - 8;
  const at = (x: number, y: number) => {
    const i = y * stride + x * bytesPerSample;
    return bytesPerSample === 1 ? data[i] : (data[i] | (data[i + 1] << 8)) >> down;
  };
  const dark = (count: number, sample: (k: number) => number) => {
    let [least, most] = [255, 0];
    for (let k = 0; k < count; k++) {
      const value = sample(k);
      if (value > DARK) return false;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return most - least <= FLAT;
  };
  const row = (y: number) => dark(width, (x) => at(x, y));
  const column = (x: number) => dark(height, (y) => at(x, y));
  const [top, bottom] = both(height, row);
  const [left, right] = both(width, column);
  return top + bottom + left + right > 0 ? { top, bottom, left, right } : undefined;
}

/** Dark lines at the two ends of a side; none unless they are bars. */
function both(length: number, isDark: (k: number) => boolean): [number, number] {
  let first = 0;
  while (first < length && isDark(first)) first++;
  let last = 0;
  while (last < length - first && isDark(length - 1 - last)) last++;
  const least = Math.max(2, LEAST * length);
  const bars = first >= least && last >= least && Math.abs(first - last) <= least;
  return bars && length - first - last >= LEAST_PICTURE * length ? [first, last] : [0, 0];
}
