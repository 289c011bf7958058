import { cropBudget, type LookAheadOptions, type MotionRange, motionField, onlinePlanner } from '@gimbal/core';
import { createSmoother } from '@gimbal/smoothers';
import { expect, it } from 'vitest';
import { workerPlan } from './workerPlan.js';

const size = { width: 640, height: 360 };
const smoother = { name: 'gaussian', strength: 0.4 };

const settings = (signal?: AbortSignal): LookAheadOptions => ({
  smoother: createSmoother(smoother.name, { strength: smoother.strength }),
  budget: cropBudget(size, 0.15),
  frames: 20,
  signal,
});

/** A swaying camera with a cut and a repeated frame. */
function stretch(first: number, end: number, complete: boolean): MotionRange {
  const step = (t: number) =>
    motionField({
      size,
      homographies: [1, 0, 9 * Math.sin(t), 0, 1, 5 * Math.cos(2 * t), 0, 0, 1],
      confidence: t % 5 === 0 ? 0.1 : 0.9,
      verdict: t === 31 ? 'cut' : t === 12 ? 'duplicate' : 'ok',
    });
  return {
    size,
    first,
    times: Float64Array.from({ length: end - first }, (_, i) => (first + i) / 30),
    steps: Array.from({ length: end - first - 1 }, (_, i) => step(first + i)),
    complete,
  };
}

it('decides what this thread would decide', async () => {
  const there = workerPlan(smoother, settings());
  const here = onlinePlanner(settings());
  try {
    expect([there.ahead, there.behind]).toEqual([here.ahead, here.behind]);
    for (const known of [stretch(0, 15, false), stretch(0, 22, false), stretch(0, 45, false), stretch(15, 50, true)]) {
      expect(await there.decide(known)).toEqual(await here.decide(known));
    }
  } finally {
    await there.close();
  }
});

it('says what went wrong there, and ends with the signal', async () => {
  const control = new AbortController();
  const unknown = workerPlan({ name: 'none' }, settings());
  await expect(unknown.decide(stretch(0, 30, true))).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  const plan = workerPlan(smoother, settings(control.signal));
  const pending = plan.decide(stretch(0, 50, true));
  control.abort();
  await expect(pending).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  await expect(plan.decide(stretch(0, 50, true))).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  await Promise.all([unknown.close(), plan.close()]);
});
