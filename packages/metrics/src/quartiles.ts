import { quantile } from './quantile.js';

/** Where the middle of a set of numbers lies, and how far it spreads. */
export interface Quartiles {
  /** How many numbers there were. */
  readonly count: number;
  readonly min: number;
  /** A quarter of the numbers lies below. */
  readonly lower: number;
  readonly median: number;
  /** A quarter of the numbers lies above. */
  readonly upper: number;
  readonly max: number;
}

/** Quartiles, interpolated linearly between neighbours; `undefined` for no numbers. */
export function quartiles(values: readonly number[]): Quartiles | undefined {
  if (values.length === 0) return undefined;
  return {
    count: values.length,
    min: quantile(values, 0),
    lower: quantile(values, 0.25),
    median: quantile(values, 0.5),
    upper: quantile(values, 0.75),
    max: quantile(values, 1),
  };
}
