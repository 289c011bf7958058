/** Places values along an axis. */
export interface Scale {
  (value: number): number;
  /** Round values to label. */
  readonly ticks: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** A linear axis over `[min, max]`, widened to round numbers, from pixel `start` to pixel `end`. */
export function linearScale(min: number, max: number, start: number, end: number, count = 4): Scale {
  const largest = Math.max(Math.abs(min), Math.abs(max), 1e-6);
  // Values that differ by less than anybody could read are one value.
  const span = max - min > 1e-9 * largest ? max - min : largest;
  const step = roundStep(span / count);
  const from = Math.floor(min / step + 1e-9) * step;
  const to = Math.max(Math.ceil(max / step - 1e-9) * step, from + step);
  const place = (value: number) => start + ((end - start) * (value - from)) / (to - from);
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => tidy(from + i * step));
  return Object.assign(place, { ticks, from, to });
}

/** A logarithmic axis over positive values; ticks at 1, 2 and 5 of each decade. */
export function logScale(min: number, max: number, start: number, end: number): Scale {
  const candidates = decades(min, max).flatMap((decade) => [1, 2, 5].map((digit) => tidy(digit * 10 ** decade)));
  const from = candidates.filter((tick) => tick <= min * (1 + 1e-9)).at(-1) ?? min;
  const to = candidates.find((tick) => tick >= max * (1 - 1e-9) && tick > from) ?? max;
  const place = (value: number) =>
    start + ((end - start) * Math.log(Math.max(value, from) / from)) / Math.log(to / from);
  return Object.assign(place, { ticks: candidates.filter((tick) => tick >= from && tick <= to), from, to });
}

function decades(min: number, max: number): number[] {
  const first = Math.floor(Math.log10(min) + 1e-9) - 1;
  const last = Math.ceil(Math.log10(max) - 1e-9) + 1;
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** 1, 2, 2.5 or 5 times a power of ten, at least `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 2.5, 5].find((digit) => digit * power >= least * (1 - 1e-9)) ?? 10);
}

/** Without the dust of binary fractions. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
