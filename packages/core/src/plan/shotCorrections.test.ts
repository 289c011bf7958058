import { describe, expect, it } from 'vitest';
import { tripod } from '../../test/smallParts.js';
import { composeHomographies, cornerError, identityHomography, invertHomography } from '../geometry/homography.js';
import { parametersToHomography } from '../geometry/motionParameters.js';
import { motionField } from '../motion/motionField.js';
import { shotPath } from '../path/shotPath.js';
import { cropBudget } from './cropBudget.js';
import { shotCorrections } from './shotCorrections.js';

const size = { width: 640, height: 360 };
const n = 90;

/** Sway in all four parameters of a similarity, so that the steps do not commute. */
const steps = Array.from({ length: n - 1 }, (_, t) =>
  motionField({
    size,
    homographies: parametersToHomography(
      [14 * Math.cos(t * 0.8), 11 * Math.sin(t * 0.6), 16 * Math.cos(t * 0.5 + 1), 6 * Math.sin(t * 0.9), 0, 0, 0, 0],
      size,
    ),
  }),
);
const motion = { size, times: Float64Array.from({ length: n }, (_, t) => t / 30), steps, estimator: 'test' };

describe('shotCorrections', () => {
  it('leaves nothing of the motion, although homographies do not commute', async () => {
    const shot = shotPath(motion, { start: 0, end: n });
    const budget = cropBudget(size, 0.4);
    const { corrections } = await shotCorrections(shot, tripod, budget);
    const first = shot.path.parameters;
    const smoothed = await tripod.smooth(shot.path, budget);
    let plain = 0;
    let relinearized = 0;
    for (let t = 1; t < n; t++) {
      const naive = [t - 1, t].map((k) =>
        parametersToHomography(
          Float64Array.from({ length: 8 }, (_, i) => first[k * 8 + i] - smoothed.parameters[k * 8 + i]),
          size,
        ),
      );
      const left = (before: Float64Array, after: Float64Array): number =>
        cornerError(
          composeHomographies(invertHomography(after), steps[t - 1].homographies, before),
          identityHomography(),
          size,
        );
      plain = Math.max(plain, left(naive[0], naive[1]));
      relinearized = Math.max(relinearized, left(corrections[t - 1], corrections[t]));
    }
    expect(relinearized).toBeLessThan(0.05);
    expect(plain).toBeGreaterThan(5 * relinearized);
  });

  it('passes the signal on', async () => {
    const shot = shotPath(motion, { start: 0, end: n });
    const aborted = shotCorrections(shot, tripod, cropBudget(size, 0.2), { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  });

  it('names the smoother that answers with NaN', async () => {
    const shot = shotPath(motion, { start: 0, end: n });
    const broken = {
      name: 'broken',
      smooth: async (path: typeof shot.path) => ({ ...path, parameters: path.parameters.map(() => Number.NaN) }),
    };
    await expect(shotCorrections(shot, broken, cropBudget(size, 0.2))).rejects.toMatchObject({
      code: 'GIMBAL_E_PLUGIN_FAILED',
      message: expect.stringContaining('"broken" gave NaN as translationX of frame 0'),
    });
  });
});
