import { GimbalError } from '@gimbal/core';
import { measuredRun } from './benchmark/measuredRun.js';
import type { FromWorker, ToWorker } from './benchmark/runInWorker.js';
import type { StageProgress } from './progress.js';

// One run of a benchmark in a process of its own: its processor time and memory are nobody else's, and a native crash ends this
// run only. Started by runInWorker, which talks to it through messages.

const controller = new AbortController();
const abort = () => controller.abort(new GimbalError('GIMBAL_E_CANCELLED', 'The run was interrupted.'));

// Ctrl-C on a terminal reaches the whole process group; the benchmark decides what it means and tells.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', abort);

/** Longest that a run may take to clean up once the benchmark is gone. */
const GOODBYE_MS = 3000;
process.on('disconnect', () => {
  abort();
  setTimeout(() => process.exit(1), GOODBYE_MS).unref();
});

const send = (message: FromWorker): Promise<void> =>
  new Promise((sent) => void process.send?.(message, undefined, undefined, () => sent()));

process.on('message', async (message: ToWorker) => {
  if (message.type === 'abort') return abort();
  const onProgress = (progress: StageProgress) => {
    if (process.connected) void send({ type: 'progress', ...progress });
  };
  try {
    const run = await measuredRun(message.order, onProgress, controller.signal);
    await send({ type: 'done', run });
  } catch (error) {
    const code = GimbalError.isInstance(error) ? error.code : 'UNEXPECTED';
    const said = error instanceof Error ? error.message : String(error);
    if (process.connected) await send({ type: 'failed', code, message: said });
  }
  // A plug-in that hangs must not keep the process alive.
  process.exit(0);
});
