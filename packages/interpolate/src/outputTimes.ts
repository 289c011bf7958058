import type { Rational } from './rational.js';

/** A frame that is to be made: when it is shown, and which moment of the source it shows. Seconds. */
export interface Moment {
  readonly time: number;
  readonly source: number;
}

/** Says which moments are wanted, as the source's frames come in. */
export interface Timetable {
  /**
   * The moments from `from` (included) up to `to` (excluded), the times of two frames one after the other.
   * @param last The pair is the last one.
   */
  between(from: number, to: number): Moment[];
  /** The moments at the last frame and, on a grid, up to its end: `length` seconds later. */
  atEnd(last: number, length: number): Moment[];
}

/** What a grid of times may be off from a frame's and still mean it, of the distance of two made frames. */
const SAME = 1e-4;

/**
 * Frames at k / rate seconds from the first one on, each time computed from k: nothing adds up.
 * @param slow How many times longer the output takes.
 */
export function gridTimes(rate: Rational, slow: number): Timetable {
  let start: number | undefined;
  let k = 0;
  const step = rate.den / rate.num;
  const sourceOf = (index: number) => (start ?? 0) + (index * rate.den) / rate.num / slow;
  const until = (end: number): Moment[] => {
    const moments: Moment[] = [];
    for (; sourceOf(k) < end; k++)
      moments.push({ time: (start ?? 0) * slow + (k * rate.den) / rate.num, source: sourceOf(k) });
    return moments;
  };
  return {
    between(from, to) {
      start ??= from;
      return until(to - (SAME * step) / slow);
    },
    atEnd(last, length) {
      start ??= last;
      // To the nearest whole number of frames.
      return until(last + Math.max(length - step / slow / 2, (SAME * step) / slow));
    },
  };
}

/** Every interval of the source cut into `factor` equal parts, whatever its length. @param slow How many times longer the output takes. */
export function partTimes(factor: number, slow: number): Timetable {
  return {
    between(from, to) {
      return Array.from({ length: factor }, (_, j) => {
        const source = from + ((to - from) * j) / factor;
        return { time: source * slow, source };
      });
    },
    atEnd: (last) => [{ time: last * slow, source: last }],
  };
}
