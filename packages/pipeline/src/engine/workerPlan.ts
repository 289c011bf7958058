import { type LookAheadOptions, type OnlinePlanner, onlinePlanner, throwIfAborted } from '@gimbal/core';
import type { RollingShutter } from '@gimbal/core/shutter';
import { startWorker } from '@gimbal/worker';
import { programFile } from '../programFile.js';
import { deserializeDecisions, type SerializedDecisions } from './serializedDecisions.js';
import { serializeStretch } from './serializedStretch.js';

/** A smoother that another thread can make too. */
export interface NamedSmoother {
  readonly name: string;
  /** See `createSmoother`. */
  readonly strength?: number | undefined;
  /** See `Settings`; `off` unless told. */
  readonly rollingShutter?: 'auto' | 'off' | number | undefined;
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
  let found: RollingShutter | undefined;
  return {
    ahead,
    behind,
    async decide(known) {
      await started;
      const decided = await worker.call<SerializedDecisions>('decide', serializeStretch(known), { signal });
      throwIfAborted(signal);
      found = decided.rollingShutter;
      return deserializeDecisions(decided);
    },
    async rollingShutter() {
      return found;
    },
    close: () => worker.end(),
  };
}
