import { type CameraPath, cropBudget, GimbalError, PARAMETERS_PER_FRAME, staysInside } from '@gimbal/core';
import { parametersToHomography } from '@gimbal/core/geometry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handheldPath } from '../test/handheldPath.js';
import { createSmoother, smootherNames } from './createSmoother.js';

const size = { width: 640, height: 360 };
const SIZE = PARAMETERS_PER_FRAME;

function pathOf(times: readonly number[], value: (t: number, j: number, i: number) => number): CameraPath {
  return {
    size,
    times: Float64Array.from(times),
    parameters: Float64Array.from(times.flatMap((t, i) => Array.from({ length: SIZE }, (_, j) => value(t, j, i)))),
    confidence: new Float64Array(times.length).fill(1),
  };
}

const stamps = fc
  .array(fc.double({ min: 0.005, max: 0.2, noNaN: true }), { minLength: 1, maxLength: 150 })
  .map((gaps) => {
    const times = [0];
    for (const gap of gaps) times.push(times[times.length - 1] + gap);
    return times;
  });
const eight = (limit: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -limit, max: limit, noNaN: true }), { minLength: SIZE, maxLength: SIZE });
const strengths = fc.double({ min: 0, max: 1, noNaN: true });

/** Largest change of velocity between neighbouring steps of any parameter, in pixels per second. */
function velocityChange(path: CameraPath): number {
  let largest = 0;
  for (let i = 2; i < path.times.length; i++) {
    for (let j = 0; j < SIZE; j++) {
      const velocity = (k: number): number =>
        (path.parameters[k * SIZE + j] - path.parameters[(k - 1) * SIZE + j]) / (path.times[k] - path.times[k - 1]);
      largest = Math.max(largest, Math.abs(velocity(i) - velocity(i - 1)));
    }
  }
  return largest;
}

function thirdDifferenceEnergy({ parameters: p }: CameraPath): number {
  let sum = 0;
  for (let at = 3 * SIZE; at < p.length; at++) {
    sum += (p[at] - 3 * p[at - SIZE] + 3 * p[at - 2 * SIZE] - p[at - 3 * SIZE]) ** 2;
  }
  return sum;
}

function framesOutside(path: CameraPath, smoothed: CameraPath, maxCrop: number): number {
  let outside = 0;
  for (let i = 0; i < path.times.length; i++) {
    const correction = Array.from(
      { length: SIZE },
      (_, j) => path.parameters[i * SIZE + j] - smoothed.parameters[i * SIZE + j],
    );
    if (!staysInside(parametersToHomography(correction, size), cropBudget(size, maxCrop))) outside++;
  }
  return outside;
}

describe.each(smootherNames)('%s', (name) => {
  it('leaves a still path where it is', () =>
    fc.assert(
      fc.asyncProperty(stamps, eight(1000), strengths, async (times, at, strength) => {
        const path = pathOf(times, (_, j) => at[j]);
        const smoothed = await createSmoother(name, { strength }).smooth(path, cropBudget(size, 0.1));
        path.parameters.forEach((value, k) => {
          expect(Math.abs(smoothed.parameters[k] - value)).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 40 },
    ));

  it('keeps a linear pan linear, from the first frame to the last', () =>
    fc.assert(
      fc.asyncProperty(stamps, eight(200), strengths, async (times, speed, strength) => {
        const path = pathOf(times, (t, j) => 10 + speed[j] * t);
        const smoothed = await createSmoother(name, { strength }).smooth(path, cropBudget(size, 0.1));
        expect(velocityChange(smoothed)).toBeLessThan(name === 'l1-optimal' ? 1 : 1e-5);
      }),
      { numRuns: 40 },
    ));

  it('takes away more high-frequency energy the stronger it is', async () => {
    for (const maxCrop of [0.05, 0.1, 0.3]) {
      const path = handheldPath({ seconds: 12, framesPerSecond: 30 });
      let last = thirdDifferenceEnergy(path);
      const nothing = 1e-7 * last;
      for (const strength of [0.1, 0.2, 0.4, 0.6, 0.8]) {
        const smoothed = await createSmoother(name, { strength }).smooth(path, cropBudget(size, maxCrop));
        const energy = thirdDifferenceEnergy(smoothed);
        expect(energy, `strength ${strength}, crop ${maxCrop}`).toBeLessThan(Math.max(last, nothing));
        last = energy;
      }
    }
  });

  it('never exceeds the budget and never gives NaN, whatever the path', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.double({ min: 1e-3, max: 2, noNaN: true }), eight(1), fc.constantFrom(0.1, 10, 500)), {
          minLength: 1,
          maxLength: 60,
        }),
        strengths,
        fc.constantFrom(0, 0.01, 0.1, 0.5),
        fc.constantFrom(0, 0.5, 1),
        async (steps, strength, maxCrop, confidence) => {
          let time = 0;
          const now = new Float64Array(SIZE);
          const times: number[] = [];
          const rows: number[][] = [];
          for (const [gap, step, scale] of steps) {
            time += gap;
            times.push(time);
            // Shape and perspective of real cameras are small; translations, turns and zooms are not.
            for (let j = 0; j < SIZE; j++) now[j] += step[j] * (j < 4 ? scale : Math.min(scale, 10));
            rows.push(Array.from(now));
          }
          const path = pathOf(times, (_, j, i) => rows[i][j]);
          path.confidence.fill(confidence);
          const smoothed = await createSmoother(name, { strength }).smooth(path, cropBudget(size, maxCrop));
          expect(smoothed.parameters.every(Number.isFinite)).toBe(true);
          expect(smoothed.parameters).toHaveLength(path.parameters.length);
          expect(framesOutside(path, smoothed, maxCrop)).toBe(0);
        },
      ),
      { numRuns: 60 },
    ));

  it('means the same steadiness at 24, 30 and 60 frames per second', async () => {
    const smooth = async (framesPerSecond: number): Promise<{ path: CameraPath; every: number }> => {
      const path = handheldPath({ seconds: 10, framesPerSecond });
      const smoothed = await createSmoother(name, { strength: 0.5 }).smooth(path, cropBudget(size, 0.1));
      return { path: smoothed, every: framesPerSecond / 6 };
    };
    const [reference, ...others] = await Promise.all([60, 30, 24].map(smooth));
    for (const other of others) {
      let sum = 0;
      let count = 0;
      for (let k = 0; k < 59; k++) {
        for (let j = 0; j < 2; j++) {
          const a = other.path.parameters[k * other.every * SIZE + j];
          sum += (a - reference.path.parameters[k * reference.every * SIZE + j]) ** 2;
          count++;
        }
      }
      // The shake itself has an RMS of five pixels.
      expect(Math.sqrt(sum / count)).toBeLessThan(1);
    }
  });

  it('smooths a path with a variable frame rate as well as an even one', async () => {
    const options = { seconds: 10, framesPerSecond: 30 };
    const roughness = async (unevenness: number): Promise<number> => {
      const path = handheldPath({ ...options, unevenness });
      const smoothed = await createSmoother(name).smooth(path, cropBudget(size, 0.1));
      return velocityChange(smoothed) / velocityChange(path);
    };
    expect(await roughness(0.6)).toBeLessThan(0.15);
    expect(await roughness(0)).toBeLessThan(0.15);
  });

  it('does nothing at strength 0', async () => {
    const path = handheldPath({ seconds: 2, framesPerSecond: 30 });
    const smoothed = await createSmoother(name, { strength: 0 }).smooth(path, cropBudget(size, 0.1));
    expect(smoothed.parameters).toEqual(path.parameters);
  });

  it('refuses paths that are none', async () => {
    const smoother = createSmoother(name);
    const budget = cropBudget(size, 0.1);
    const good = pathOf([0, 1, 2], () => 0);
    const bad: CameraPath[] = [
      pathOf([0, 1, 1], () => 0),
      pathOf([0, 1, 2], (_, j, i) => (i === 1 && j === 3 ? Number.NaN : 0)),
      { ...good, confidence: new Float64Array(2) },
    ];
    for (const path of bad) {
      await expect((async () => smoother.smooth(path, budget))()).rejects.toMatchObject({
        code: 'GIMBAL_E_INVALID_ARGUMENT',
      });
    }
  });
});

describe('createSmoother', () => {
  it('names what it knows when it does not know a name', () => {
    expect(() => createSmoother('median')).toThrow(/min-acceleration, gaussian, kalman-rts, l1-tv, l1-optimal/);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses strength %s', (strength) => {
    expect(() => createSmoother('gaussian', { strength })).toThrow(GimbalError);
  });
});
