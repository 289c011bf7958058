import { GimbalError, type Homography, type LookAheadOptions, type LookAheadPlan, lookAheadPlan } from '@gimbal/core';
import { errorFrom } from '@gimbal/native';
import { startProgram } from '../startProgram.js';
import { type NamedSmoother, type PlanAnswer, type PlanThreadData, stretchWords } from './planMessages.js';

/** A {@link LookAheadPlan} with a thread of its own, which `close` ends. */
export interface ThreadPlan extends LookAheadPlan {
  close(): Promise<void>;
}

/**
 * Plans as `lookAheadPlan` does, but in a thread of its own: smoothing takes a millisecond a frame, in which this one would keep a GPU waiting.
 * @throws GimbalError `GIMBAL_E_ADDON` where the thread's program is not built; `decide` throws `GIMBAL_E_CANCELLED` on abort.
 */
export function threadPlan(smoother: NamedSmoother, options: LookAheadOptions): ThreadPlan {
  const { budget, frames, signal } = options;
  const workerData: PlanThreadData = { smoother, budget, frames };
  const worker = startProgram('planWorker', 'smooths', { workerData });
  // Only somebody who waits for an answer keeps the process alive.
  worker.unref();
  // How far it reaches is the same in every thread.
  const { ahead, behind } = lookAheadPlan(options);
  let settle: ((answer: PlanAnswer | Error) => void) | undefined;
  let over: Error | undefined;
  const end = (error: Error) => {
    over ??= error;
    settle?.(over);
  };
  worker.on('message', (answer: PlanAnswer) => settle?.(answer));
  worker.on('error', end);
  worker.on('exit', () => end(new GimbalError('GIMBAL_E_CANCELLED', 'Smoothing was given up.')));
  signal?.addEventListener('abort', () => void worker.terminate(), { once: true });
  return {
    ahead,
    behind,
    async decide(known) {
      if (over !== undefined) throw over;
      worker.ref();
      const answer = await new Promise<PlanAnswer | Error>((resolve) => {
        settle = resolve;
        worker.postMessage(stretchWords(known));
      });
      worker.unref();
      if (answer instanceof Error) throw answer;
      if ('error' in answer) throw errorFrom(answer.error);
      const { corrections } = answer;
      const at = (_: unknown, i: number): Homography => corrections.subarray(i * 9, i * 9 + 9);
      return Array.from({ length: corrections.length / 9 }, at);
    },
    async close() {
      await worker.terminate();
    },
  };
}
