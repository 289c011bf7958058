import { type Settings, SHARED_SETTINGS } from '../stabilize/settings.js';
import type { Contestant } from './contestants.js';
import { type HeadToHead, headToHead } from './headToHead.js';
import type { FailedRun, FinishedRun, RunResult } from './runResult.js';

/** What `results.json` holds and all other reports are made of. */
export interface BenchmarkResults {
  readonly format: 'gimbal-benchmark';
  readonly version: 1;
  readonly gimbal: string;
  /** When this report was made, ISO 8601. */
  readonly created: string;
  /** The machines that the runs were made on. Speeds compare only when there is one. */
  readonly machines: readonly string[];
  /** Runs that were made beside others or other work: their speeds are lower than they could be. */
  readonly crowdedRuns: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly estimators: readonly Pick<Contestant, 'label' | 'reference' | 'version' | 'options'>[];
  readonly headToHead: HeadToHead;
  readonly failures: readonly FailedRun[];
  readonly runs: readonly FinishedRun[];
}

/** Puts a benchmark's results together. */
export function benchmarkResults(
  results: readonly RunResult[],
  entered: readonly Contestant[],
  settings: Settings,
  about: { readonly gimbal: string; readonly created: string },
): BenchmarkResults {
  const runs = results.filter((result) => result.status === 'finished');
  const shared = SHARED_SETTINGS.filter((name) => settings[name] !== undefined).map((name) => [name, settings[name]]);
  return {
    format: 'gimbal-benchmark',
    version: 1,
    ...about,
    machines: [...new Set(runs.map(({ machine }) => machine))],
    crowdedRuns: runs.filter(({ jobs, busy }) => jobs > 1 || busy).length,
    settings: Object.fromEntries(shared),
    estimators: entered.map(({ label, reference, version, options }) => ({ label, reference, version, options })),
    headToHead: headToHead(
      results,
      entered.map(({ label }) => label),
    ),
    failures: results.filter((result) => result.status === 'failed'),
    runs,
  };
}
