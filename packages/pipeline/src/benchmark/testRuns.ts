import { withDefaults } from '../stabilize/settings.js';
import { type BenchmarkResults, benchmarkResults } from './benchmarkResults.js';
import type { Contestant } from './contestants.js';
import type { RunFigures } from './runFigures.js';
import type { FailedRun, FinishedRun, RunResult } from './runResult.js';

const FIGURES: RunFigures = {
  frames: 100,
  jitterIn: 1,
  jitterOut: 0.3,
  jitterRmsIn: 1.2,
  jitterRmsOut: 0.4,
  jitterRatio: 0.3,
  stabilityIn: 0.8,
  stabilityOut: 0.95,
  bundledMinIn: 0.7,
  bundledMinOut: 0.9,
  dif2021In: 0.7,
  dif2021Out: 0.9,
  cropping: 0.85,
  distortion: 0.98,
  distortionWorst: 0.97,
  borderShare: 0,
  borderShareIn: 0,
  unmatchedFrames: 0,
  fallbackFrames: 0,
  pairsPerSecond: 200,
  framesPerSecond: 60,
  wallSeconds: 2,
  cpuSeconds: 3,
  cpuMsPerFrame: 30,
  peakMiB: 220,
};

/** A finished run of a clip called `Category/name`, with these figures where it differs from the usual. */
export function finishedRun(
  file: string,
  estimator: string,
  figures: Partial<RunFigures> = {},
  rest: Partial<FinishedRun> = {},
): FinishedRun {
  return {
    file,
    category: file.split('/')[0],
    estimator,
    status: 'finished',
    figures: { ...FIGURES, ...figures },
    flags: [],
    finished: '2026-01-01T00:00:00.000Z',
    machine: 'a machine',
    jobs: 1,
    busy: false,
    remarks: [],
    ...rest,
  };
}

export function failedRun(file: string, estimator: string, code: string, message: string): FailedRun {
  return { file, category: file.split('/')[0], estimator, status: 'failed', error: { code, message } };
}

/** The report of these runs, the estimators in the order of their names' first appearance. */
export function resultsOf(runs: readonly RunResult[]): BenchmarkResults {
  const entered: Contestant[] = [...new Set(runs.map(({ estimator }) => estimator))].map((label) => ({
    label,
    reference: label,
    version: '1.0.0',
    options: {},
    fingerprint: '',
  }));
  return benchmarkResults(runs, entered, withDefaults({}), {
    gimbal: '0.0.0',
    created: '2026-01-02T00:00:00.000Z',
  });
}
