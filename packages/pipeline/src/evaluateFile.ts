import type { Evaluation } from '@gimbal/metrics';
import { type JobOptions, runInEngine } from './engine/engine.js';
import type { EvaluateOrder } from './jobs/evaluateJob.js';

/** How {@link evaluateFile} compares. */
export interface EvaluateFileOptions extends JobOptions, Omit<EvaluateOrder, 'original' | 'stabilized'> {}

/**
 * Measures how steady a clip became, as `gimbal evaluate` does: from the decoded pixels of both files, on the CPU, always with the same
 * independent estimator. Runs in an engine thread of its own.
 * @throws GimbalError what opening and decoding a file throws; `GIMBAL_E_UNMATCHED` where the second file does not show the first one's
 * frames; `GIMBAL_E_CANCELLED` on abort.
 */
export function evaluateFile(
  original: string,
  stabilized: string,
  { signal, onProgress, stabilizedHalf, deinterlace, maxFrames }: EvaluateFileOptions = {},
): Promise<Evaluation> {
  const order: EvaluateOrder = { original, stabilized, stabilizedHalf, deinterlace, maxFrames };
  return runInEngine<Evaluation>('evaluate', order, { signal, onProgress });
}
