import type { RunFigures } from './runFigures.js';

/** A figure that estimators are compared by. */
export interface Measure {
  readonly key: keyof RunFigures;
  readonly label: string;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly digits: number;
  /** Least span of an axis: differences that mean nothing must not look large. */
  readonly leastSpan?: number;
  /** The same figure of the original, where that means something. */
  readonly original?: keyof RunFigures;
  /** Differences below this are a draw: a share of the better value, and an amount. Absent: clips are not won by this measure. */
  readonly margin?: { readonly share: number; readonly amount: number };
}

/** In the order in which reports show them. */
export const MEASURES: readonly Measure[] = [
  {
    key: 'jitterOut',
    label: 'Jitter',
    unit: 'px at 640',
    better: 'lower',
    digits: 3,
    original: 'jitterIn',
    margin: { share: 0.02, amount: 0.005 },
  },
  { key: 'jitterRatio', label: 'Jitter, out / in', unit: '', better: 'lower', digits: 3 },
  {
    key: 'stabilityOut',
    label: 'Stability',
    unit: 'path-min',
    better: 'higher',
    digits: 3,
    leastSpan: 0.1,
    original: 'stabilityIn',
    margin: { share: 0, amount: 0.005 },
  },
  {
    key: 'cropping',
    label: 'Cropping',
    unit: 'share left',
    better: 'higher',
    digits: 3,
    leastSpan: 0.05,
    margin: { share: 0, amount: 0.005 },
  },
  {
    key: 'distortion',
    label: 'Distortion',
    unit: '5th percentile',
    better: 'higher',
    digits: 3,
    leastSpan: 0.05,
    margin: { share: 0, amount: 0.005 },
  },
  { key: 'pairsPerSecond', label: 'Estimation alone', unit: 'pairs/s', better: 'higher', digits: 1 },
  { key: 'framesPerSecond', label: 'Whole run', unit: 'frames/s', better: 'higher', digits: 1 },
  { key: 'cpuMsPerFrame', label: 'Processor time', unit: 'ms/frame', better: 'lower', digits: 1 },
  { key: 'peakMiB', label: 'Peak memory', unit: 'MiB', better: 'lower', digits: 0 },
];

/** Those by which a clip is won or lost. */
export const DECIDING = MEASURES.filter((measure) => measure.margin !== undefined);

/** One of {@link MEASURES}. */
export function measureOf(key: keyof RunFigures): Measure {
  const measure = MEASURES.find((candidate) => candidate.key === key);
  if (measure === undefined) throw new RangeError(`No measure is called "${key}".`);
  return measure;
}

/** A value as tables show it; what a clip does not have is a dash. */
export function shown(value: number | null | undefined, digits: number): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}
