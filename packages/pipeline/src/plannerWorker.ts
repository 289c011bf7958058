// The thread that smooths the camera's path of a one-pass run, which would hold up the frames of a device otherwise. Started by workerPlan.
import { type OnlinePlanner, onlinePlanner } from '@gimbal/core';
import { createSmoother } from '@gimbal/smoothers';
import { serve } from '@gimbal/worker';
import { buffersOf } from './engine/packedResult.js';
import { type SerializedDecisions, serializeDecisions } from './engine/serializedDecisions.js';
import { deserializeStretch, type SerializedStretch } from './engine/serializedStretch.js';
import type { PlannerSettings } from './engine/workerPlan.js';
import { shutterFor } from './stabilize/shutterFor.js';

let plan: OnlinePlanner | undefined;

serve(
  {
    start({ smoother: { name, strength, rollingShutter = 'off' }, budget, frames }: PlannerSettings): void {
      const shutter = shutterFor({ rollingShutter });
      plan = onlinePlanner({ smoother: createSmoother(name, { strength }), budget, shutter, frames });
    },
    async decide(stretch: SerializedStretch): Promise<SerializedDecisions> {
      const decided = (await plan?.decide(deserializeStretch(stretch))) ?? [];
      return serializeDecisions(decided, await plan?.rollingShutter());
    },
  },
  { serial: true, transfer: buffersOf },
);
