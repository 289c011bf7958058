import {
  type Homography,
  type LookAheadOptions,
  type OnlinePlanner,
  onlinePlanner,
  throwIfAborted,
} from '@gimbal/core';
import { startWorker } from '@gimbal/worker';
import { programFile } from '../programFile.js';
import { serializeStretch } from './serializedStretch.js';

/** A smoother that another thread can make too. */
export interface NamedSmoother {
  readonly name: string;
  /** See `createSmoother`. */
  readonly strength?: number | undefined;
}

/** What the planner is started with. */
export interface PlannerSettings extends Pick<LookAheadOptions, 'budget' | 'frames'> {
  readonly smoother: NamedSmoother;
}

/** A {@link OnlinePlanner} that is computed in a thread of its own, which `close` ends. */
export interface WorkerPlan extends OnlinePlanner {
  close(): Promise<void>;
}

/**
 * Plans as `onlinePlanner` does, in a worker: smoothing takes about a millisecond a frame, for which the frames of a device would wait.
 * @throws GimbalError `GIMBAL_E_ADDON` where the worker's program is not built; `decide` throws what the smoother throws, and
 * `GIMBAL_E_CANCELLED` on abort.
 */
export function workerPlan(smoother: NamedSmoother, options: LookAheadOptions): WorkerPlan {
  const { budget, frames, signal } = options;
  // How far it reaches is the same in every thread.
  const { ahead, behind } = onlinePlanner(options);
  const worker = startWorker(programFile('plannerWorker'), { purpose: 'smooths', builtBy: '@gimbal/pipeline' });
  const settings: PlannerSettings = { smoother, budget, frames };
  const started = worker.call('start', settings);
  // Its failure is told by the first decision.
  started.catch(() => undefined);
  return {
    ahead,
    behind,
    async decide(known) {
      await started;
      const corrections = await worker.call<Float64Array>('decide', serializeStretch(known), { signal });
      throwIfAborted(signal);
      const at = (_: unknown, i: number): Homography => corrections.subarray(i * 9, i * 9 + 9);
      return Array.from({ length: corrections.length / 9 }, at);
    },
    close: () => worker.end(),
  };
}
