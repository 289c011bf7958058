import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { within } from '../../test/arbitraries.js';
import { cornerError, identityHomography } from '../geometry/homography.js';
import { homographyToParameters, parametersToHomography } from '../geometry/motionParameters.js';
import type { ClipMotion } from '../motion/clipMotion.js';
import { type MotionFieldInit, motionField } from '../motion/motionField.js';
import { shotPath } from './shotPath.js';

const size = { width: 640, height: 360 };

/** A clip at 25 frames per second. */
function clip(steps: (Partial<MotionFieldInit> & { x?: number })[]): ClipMotion {
  return {
    size,
    times: Float64Array.from({ length: steps.length + 1 }, (_, i) => i / 25),
    steps: steps.map(({ x = 0, ...rest }) =>
      motionField({ size, homographies: parametersToHomography([x, 0, 0, 0, 0, 0, 0, 0], size), ...rest }),
    ),
    estimator: 'test',
  };
}

const whole = (motion: ClipMotion): { start: number; end: number } => ({ start: 0, end: motion.times.length });

describe('shotPath', () => {
  it('sums the logarithms of the steps', async () => {
    const parameters = fc.array(fc.array(within(-20, 20), { minLength: 8, maxLength: 8 }), {
      minLength: 1,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(parameters, async (steps) => {
        const fields = steps.map((p) => motionField({ size, homographies: parametersToHomography(p, size) }));
        const times = Float64Array.from({ length: steps.length + 1 }, (_, i) => i / 25);
        const motion = { size, times, steps: fields, estimator: 'test' };
        const { path, steps: exact } = shotPath(motion, whole(motion));
        expect(Array.from(path.times)).toEqual(Array.from(times));
        for (let t = 0; t < steps.length; t++) {
          expect(cornerError(exact[t], fields[t].homographies, size)).toBeLessThan(1e-6);
          for (let i = 0; i < 8; i++) {
            const increment = path.parameters[(t + 1) * 8 + i] - path.parameters[t * 8 + i];
            expect(Math.abs(increment - steps[t][i])).toBeLessThan(1e-6);
          }
        }
      }),
    );
  });

  it('takes only its own shot, from zero', async () => {
    const motion = clip([{ x: 1 }, { x: 2, verdict: 'cut' }, { x: 3 }, { x: 4 }]);
    const { path } = shotPath(motion, { start: 2, end: 5 });
    expect(Array.from(path.times)).toEqual([2 / 25, 3 / 25, 4 / 25]);
    expect([0, 8, 16].map((k) => path.parameters[k])).toEqual([0, expect.closeTo(3, 9), expect.closeTo(7, 9)]);
    expect(Array.from(path.confidence)).toEqual([1, 1, 1]);
  });

  it('stands still through repeated frames, whatever was measured of them', async () => {
    const motion = clip([{ x: 2 }, { verdict: 'duplicate' }, { x: 1, confidence: 0, verdict: 'duplicate' }, { x: 6 }]);
    const { path, steps } = shotPath(motion, whole(motion));
    expect(Array.from(path.times)).toEqual([0, 1 / 25, 2 / 25, 3 / 25, 4 / 25]);
    expect([0, 1, 2, 3, 4].map((t) => path.parameters[t * 8])).toEqual(
      [0, 2, 2, 2, 8].map((x) => expect.closeTo(x, 9)),
    );
    expect(steps.map((h) => h[2])).toEqual([2, 0, 0, 6].map((x) => expect.closeTo(x, 9)));
    expect(Array.from(path.confidence)).toEqual([1, 1, 1, 1, 1]);
  });

  it('gives steps without evidence the speed between their neighbours', async () => {
    const motion = clip([{ x: 2 }, { x: 99, confidence: 0.1, verdict: 'weak' }, { x: 99, confidence: 0 }, { x: 5 }]);
    const { path } = shotPath(motion, whole(motion));
    const x = [0, 1, 2, 3, 4].map((t) => path.parameters[t * 8]);
    expect(x.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0, 2, 5, 9, 14]);
    expect(Array.from(path.confidence)).toEqual([1, 1, 0, 0, 1]);
  });

  it('takes the one neighbour there is at the ends of a shot', async () => {
    const { path } = shotPath(clip([{ confidence: 0 }, { x: 4 }, { confidence: 0 }]), { start: 0, end: 4 });
    expect([1, 2, 3].map((t) => path.parameters[t * 8])).toEqual([4, 8, 12].map((x) => expect.closeTo(x, 9)));
  });

  it('stands still through a long stretch without evidence', async () => {
    const blank = Array.from({ length: 20 }, () => ({ x: 9, confidence: 0 }));
    const motion = clip([{ x: 3 }, ...blank, { x: 3 }]);
    const { path, steps } = shotPath(motion, whole(motion));
    for (let t = 1; t <= 21; t++) expect(path.parameters[t * 8]).toBeCloseTo(3, 9);
    expect(path.parameters[22 * 8]).toBeCloseTo(6, 9);
    expect(Array.from(steps[10])).toEqual(Array.from(identityHomography()));
  });

  it('does not trust a step that has no logarithm', async () => {
    const mirrored = Float64Array.of(-1, 0, 639, 0, 1, 0, 0, 0, 1);
    expect(homographyToParameters(mirrored, size)).toBeUndefined();
    const motion = clip([{ x: 2 }, { homographies: mirrored }, { x: 2 }]);
    const { path } = shotPath(motion, whole(motion));
    expect(path.parameters[3 * 8]).toBeCloseTo(6, 9);
    expect(path.confidence[2]).toBe(0);
  });

  it('handles a shot of one frame', async () => {
    const { path, steps } = shotPath(clip([]), { start: 0, end: 1 });
    expect(path.times).toHaveLength(1);
    expect(steps).toEqual([]);
  });

  it('stays bounded over 20,000 steps that come and go', async () => {
    const count = 20_000;
    const steps = Array.from({ length: count }, (_, t) => ({
      homographies: parametersToHomography(
        [8 * Math.cos(t), 5 * Math.sin(t), 9 * Math.cos(2 * t), 6 * Math.sin(3 * t), 1, -1, 1, -1].map((value, i) =>
          i < 4 ? value : value * (t % 2 === 0 ? 1 : -1),
        ),
        size,
      ),
    }));
    const motion = clip(steps);
    const { path } = shotPath(motion, whole(motion));
    const largest = path.parameters.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(largest).toBeLessThan(20);
  });
});
