import type { RunFigures } from './runFigures.js';
import type { RunFlag } from './runFlags.js';
import type { RunFailure } from './runInWorker.js';

interface RunIdentity {
  readonly file: string;
  readonly category: string;
  /** Label of the estimator. */
  readonly estimator: string;
}

/** A run that has figures. */
export interface FinishedRun extends RunIdentity {
  readonly status: 'finished';
  readonly figures: RunFigures;
  readonly flags: readonly RunFlag[];
  /** When and where it ran, and beside how many others or other work; an earlier call may have kept it. */
  readonly finished: string;
  readonly machine: string;
  readonly jobs: number;
  readonly busy: boolean;
  /** The stabilized clip, where outputs are kept: its path from the folder of the reports, with `/` on every system. */
  readonly output?: string | undefined;
  /** Sentences that its figures must not be read without: warnings of the decoder, verdicts of the referee. */
  readonly remarks: readonly string[];
}

/** A run that has none, and why. */
export interface FailedRun extends RunIdentity {
  readonly status: 'failed';
  readonly error: RunFailure;
}

/** How one estimator did on one clip. */
export type RunResult = FinishedRun | FailedRun;
