import { GimbalError, throwIfAborted } from '@gimbal/core';
import { callProcess } from '@gimbal/worker';
import { programFile } from '../programFile.js';
import type { OnProgress } from '../progress.js';
import type { MeasuredRun, RunOrder } from './measuredRun.js';

/** Why a run has no figures. */
export interface RunFailure {
  /** A GimbalErrorCode, or `UNEXPECTED`. */
  readonly code: string;
  readonly message: string;
}

/** A run ends with figures or with a reason; both are results. */
export type RunOutcome = { readonly run: MeasuredRun } | { readonly failure: RunFailure };

/**
 * Carries out one run in a process of its own and waits for its end.
 * @throws GimbalError `GIMBAL_E_CANCELLED` when the signal fires, once the process has cleaned up. Other failures are returned.
 */
export async function runInWorker(order: RunOrder, onProgress: OnProgress, signal: AbortSignal): Promise<RunOutcome> {
  throwIfAborted(signal);
  const call = { purpose: 'makes one run of a benchmark', builtBy: '@gimbal/pipeline', method: 'run', params: order };
  try {
    return { run: await callProcess<MeasuredRun>(programFile('benchmarkWorker'), call, { signal, onProgress }) };
  } catch (error) {
    throwIfAborted(signal);
    const code = GimbalError.isInstance(error) ? error.code : 'UNEXPECTED';
    return { failure: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}

/** Failures that no other run would escape: going on would only repeat them. */
export function concernsEveryRun({ code, message }: RunFailure): GimbalError | undefined {
  return code === 'GIMBAL_E_DISK_FULL' || code === 'GIMBAL_E_OUTPUT_UNWRITABLE'
    ? new GimbalError(code, message)
    : undefined;
}
