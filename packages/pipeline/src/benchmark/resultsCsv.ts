// The results of a benchmark as CSV.
import type { BenchmarkResults } from './benchmarkResults.js';
import type { RunFigures } from './runFigures.js';
import type { FailedRun, FinishedRun } from './runResult.js';

/** Columns of figures, in this order. */
const FIGURES = [
  'frames',
  'jitterIn',
  'jitterOut',
  'jitterRmsIn',
  'jitterRmsOut',
  'jitterRatio',
  'stabilityIn',
  'stabilityOut',
  'bundledMinIn',
  'bundledMinOut',
  'dif2021In',
  'dif2021Out',
  'cropping',
  'distortion',
  'distortionWorst',
  'borderShare',
  'borderShareIn',
  'unmatchedFrames',
  'fallbackFrames',
  'pairsPerSecond',
  'framesPerSecond',
  'wallSeconds',
  'cpuSeconds',
  'cpuMsPerFrame',
  'peakMiB',
] as const satisfies readonly (keyof RunFigures)[];

/** A new figure must become a column: this type is `never` only when none is missing. */
type Missing = Exclude<keyof RunFigures, (typeof FIGURES)[number]>;
const complete: [Missing] extends [never] ? true : Missing = true;

/** One line a run, failed ones too (their figures are empty), as RFC 4180 has it. Numbers are not rounded. */
export function resultsCsv({ runs, failures }: Pick<BenchmarkResults, 'runs' | 'failures'>): string {
  const head = ['category', 'file', 'estimator', 'status', ...(complete ? FIGURES : []), 'flags', 'error', 'message'];
  return [head, ...runs.map(finishedLine), ...failures.map(failedLine)]
    .map((cells) => `${cells.map(quoted).join(',')}\r\n`)
    .join('');
}

function finishedLine({ category, file, estimator, status, figures, flags }: FinishedRun): string[] {
  const numbers = FIGURES.map((name) => String(figures[name] ?? ''));
  return [category, file, estimator, status, ...numbers, flags.join('; '), '', ''];
}

function failedLine({ category, file, estimator, status, error }: FailedRun): string[] {
  return [category, file, estimator, status, ...FIGURES.map(() => ''), '', error.code, error.message];
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
