import { fork } from 'node:child_process';
import { GimbalError, throwIfAborted } from '@gimbal/core';
import type { StageProgress } from '../progress.js';
import { programFile } from '../startProgram.js';
import type { MeasuredRun, RunOrder } from './measuredRun.js';

/** What the benchmark says to the process of a run. */
export type ToWorker = { readonly type: 'run'; readonly order: RunOrder } | { readonly type: 'abort' };

/** What that process says to the benchmark. */
export type FromWorker =
  | ({ readonly type: 'progress' } & StageProgress)
  | { readonly type: 'done'; readonly run: MeasuredRun }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

/** Why a run has no figures. */
export interface RunFailure {
  /** A GimbalErrorCode, or `UNEXPECTED`. */
  readonly code: string;
  readonly message: string;
}

/** A run ends with figures or with a reason; both are results. */
export type RunOutcome = { readonly run: MeasuredRun } | { readonly failure: RunFailure };

/** Kept of what the process writes to stderr, in characters: the end explains a crash. */
const KEPT = 2000;

/**
 * Carries out one run in a process of its own and waits for its end.
 * @throws GimbalError `GIMBAL_E_CANCELLED` when the signal fires, once the process has cleaned up. Other failures are returned.
 */
export async function runInWorker(
  order: RunOrder,
  onProgress: (progress: StageProgress) => void,
  signal: AbortSignal,
): Promise<RunOutcome> {
  throwIfAborted(signal);
  // What a plug-in prints on stdout must not mix with results.
  const child = fork(programFile('benchmarkWorker', 'makes one run of a benchmark'), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  const tell = (message: ToWorker) => void (child.connected && child.send(message, () => undefined));
  const abort = () => tell({ type: 'abort' });
  signal.addEventListener('abort', abort, { once: true });
  let outcome: RunOutcome | undefined;
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT);
  });
  child.on('message', (message: FromWorker) => {
    if (message.type === 'progress') onProgress(message);
    else if (message.type === 'done') outcome = { run: message.run };
    else outcome = { failure: { code: message.code, message: message.message } };
  });
  tell({ type: 'run', order });
  try {
    const ending = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, by) => resolve(by === null ? `exit code ${code}` : `signal ${by}`));
    });
    // Finished is finished, even if the interrupt came a moment before.
    if (outcome === undefined || 'failure' in outcome) throwIfAborted(signal);
    return outcome ?? { failure: crashed(ending, said) };
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function crashed(ending: string, said: string): RunFailure {
  const last = said.trim().split('\n').at(-1) ?? '';
  const message = `The process of the run ended with ${ending} and no result${last === '' ? '.' : `: ${last}`}`;
  return { code: 'UNEXPECTED', message };
}

/** Failures that no other run would escape: going on would only repeat them. */
export function concernsEveryRun({ code, message }: RunFailure): GimbalError | undefined {
  return code === 'GIMBAL_E_DISK_FULL' || code === 'GIMBAL_E_OUTPUT_UNWRITABLE'
    ? new GimbalError(code, message)
    : undefined;
}
