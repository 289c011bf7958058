import { mkdir, rmdir } from 'node:fs/promises';
import { GimbalError } from '@gimbal/core';
import type { JobOptions } from '../engine/engine.js';
import { type StabilizeFileOptions, type StabilizeFileResult, stabilizeFile } from '../stabilizeFile.js';
import type { BatchPlan } from './planBatch.js';

/** What became of one clip. */
export interface BatchOutcome {
  readonly input: string;
  readonly output: string;
  /** Absent where it failed. */
  readonly result?: StabilizeFileResult;
  readonly error?: unknown;
}

/** How {@link stabilizeFiles} works. Motion and trajectory files belong to one clip. */
export interface StabilizeFilesOptions
  extends Omit<StabilizeFileOptions, 'motion' | 'exportMotion' | 'exportTrajectory' | keyof JobOptions>,
    JobOptions {
  /** A clip begins; the first is number 0. */
  readonly onClip?: ((input: string, index: number) => void) | undefined;
  /** A clip is done, or has failed. */
  readonly onOutcome?: ((outcome: BatchOutcome) => void) | undefined;
}

/**
 * Stabilizes clips one after the other, each as {@link stabilizeFile} does. One that fails does not stop the others.
 * @throws GimbalError `GIMBAL_E_CANCELLED` on abort, `GIMBAL_E_OUTPUT_UNWRITABLE` where the folder cannot be made.
 */
export async function stabilizeFiles(
  { folder, clips }: BatchPlan,
  { onClip, onOutcome, ...options }: StabilizeFilesOptions = {},
): Promise<readonly BatchOutcome[]> {
  const made = await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `${folder} cannot be made (${cause.code}).`, { cause });
  });
  const outcomes: BatchOutcome[] = [];
  try {
    for (const [index, { input, output }] of clips.entries()) {
      onClip?.(input, index);
      let outcome: BatchOutcome;
      try {
        outcome = { input, output, result: await stabilizeFile(input, output, options) };
      } catch (error) {
        if (GimbalError.isInstance(error) && error.code === 'GIMBAL_E_CANCELLED') {
          const done = outcomes.filter(({ result }) => result !== undefined).length;
          throw new GimbalError(
            error.code,
            `Interrupted at ${input}; ${done} of ${clips.length} clips are complete in ${folder}, of the others nothing was left behind.`,
            { cause: error },
          );
        }
        outcome = { input, output, error };
      }
      outcomes.push(outcome);
      onOutcome?.(outcome);
    }
    return outcomes;
  } finally {
    // A folder that was made for nothing; one with anything in it stays.
    if (made !== undefined) await rmdir(folder).catch(() => undefined);
  }
}
