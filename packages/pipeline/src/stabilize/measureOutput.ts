import { type FrameSink, GimbalError } from '@gimbal/core';
import type { Evaluation } from '@gimbal/metrics';
import type { JobOptions } from '../engine/engine.js';
import { type EvaluateFileOptions, evaluateFile } from '../evaluateFile.js';
import type { JobWarning } from '../jobs/jobParts.js';

/** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for an output that cannot be read back. */
export function checkMeasurable(output: string | FrameSink): void {
  if (output !== '-' && typeof output === 'string') return;
  const what = output === '-' ? 'what went to standard output (-)' : 'what went into a sink';
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `--evaluate measures the finished file, and ${what} cannot be read back; leave out that, or name a file.`,
  );
}

/**
 * Measures a finished output. It is complete by now: what cannot be measured becomes a warning.
 * @throws GimbalError `GIMBAL_E_CANCELLED` on abort; the output stays.
 */
export async function measureOutput(
  input: string,
  output: string,
  how: EvaluateFileOptions & JobOptions,
): Promise<{ readonly evaluation?: Evaluation; readonly warnings: readonly JobWarning[] }> {
  try {
    return { evaluation: await evaluateFile(input, output, how), warnings: [] };
  } catch (error) {
    if (!GimbalError.isInstance(error)) throw error;
    if (error.code === 'GIMBAL_E_CANCELLED') {
      throw new GimbalError(error.code, `Interrupted while measuring; ${output} is complete.`, { cause: error });
    }
    const message = `${output} is complete but could not be measured: ${error.message}`;
    return { warnings: [{ code: 'not-measured', message }] };
  }
}
