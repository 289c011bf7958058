// The thread that smooths the camera's path of a one-pass run, which would hold up the frames of a device otherwise. Started by workerPlan.
import { type OnlinePlanner, onlinePlanner } from '@gimbal/core';
import { createSmoother } from '@gimbal/smoothers';
import { serve } from '@gimbal/worker';
import { deserializeStretch, type SerializedStretch } from './engine/serializedStretch.js';
import type { PlannerSettings } from './engine/workerPlan.js';

let plan: OnlinePlanner | undefined;

serve(
  {
    start({ smoother: { name, strength }, budget, frames }: PlannerSettings): void {
      plan = onlinePlanner({ smoother: createSmoother(name, { strength }), budget, frames });
    },
    async decide(stretch: SerializedStretch): Promise<Float64Array> {
      const decided = (await plan?.decide(deserializeStretch(stretch))) ?? [];
      const corrections = new Float64Array(decided.length * 9);
      for (const [i, correction] of decided.entries()) corrections.set(correction, i * 9);
      return corrections;
    },
  },
  { serial: true, transfer: (value) => (value instanceof Float64Array ? [value.buffer as ArrayBuffer] : []) },
);
