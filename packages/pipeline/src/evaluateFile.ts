import { GimbalError } from '@gimbal/core';
import type { Evaluation } from '@gimbal/metrics';
import { receiveInput } from './clip/receiveInput.js';
import { type JobOptions, runInEngine } from './engine/engine.js';
import type { EvaluateOrder } from './jobs/evaluateJob.js';

/** How {@link evaluateFile} compares. */
export interface EvaluateFileOptions extends JobOptions, Omit<EvaluateOrder, 'original' | 'stabilized'> {}

/**
 * Measures how steady a clip became, as `gimbal evaluate` does: from the decoded pixels of both files, on the CPU, always with the same
 * independent estimator. Runs in an engine thread of its own. One of the files may be a pipe, such as standard input (`-`).
 * @throws GimbalError what opening and decoding a file throws; `GIMBAL_E_UNMATCHED` where the second file does not show the first one's
 * frames; `GIMBAL_E_CANCELLED` on abort.
 */
export async function evaluateFile(
  original: string,
  stabilized: string,
  { signal, onProgress, ...how }: EvaluateFileOptions = {},
): Promise<Evaluation> {
  if (original === '-' && stabilized === '-') {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      'Standard input (-) holds one clip; name the file of the other.',
    );
  }
  const before = await receiveInput(original, { signal, onProgress });
  try {
    const after = await receiveInput(stabilized, { signal, onProgress });
    try {
      const order: EvaluateOrder = { original: before.file, stabilized: after.file, ...how };
      return await runInEngine<Evaluation>('evaluate', order, { signal, onProgress });
    } catch (error) {
      throw before.retoldError(after.retoldError(error));
    } finally {
      await after.remove();
    }
  } finally {
    await before.remove();
  }
}
