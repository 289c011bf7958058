import type { Evaluation } from '@gimbal/metrics';
import type { StabilizeSummary } from '@gimbal/pipeline';
import type { ExitCode } from '../program/exitCodes.js';

/** What `gimbal stabilize --json` prints. */
export interface StabilizeReport extends StabilizeSummary {
  readonly ok: boolean;
  readonly exitCode: ExitCode;
  /** Measured on the decoded pixels of both files; with `--evaluate`. */
  readonly evaluation?: Evaluation;
}
