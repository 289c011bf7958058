import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizes, within } from '../../test/arbitraries.js';
import { parameterRadius, parametersToHomography } from '../geometry/motionParameters.js';
import type { CameraPath } from '../path/cameraPath.js';
import { attenuateToBudget } from './attenuateToBudget.js';
import { cropBudget, distortionLimit, staysInside } from './cropBudget.js';

const size = { width: 640, height: 360 };

/** A path of n frames at 30 per second whose parameters `value(t, i)` gives. */
function pathOf(n: number, value: (t: number, i: number) => number, frame = size): CameraPath {
  return {
    size: frame,
    times: Float64Array.from({ length: n }, (_, t) => t / 30),
    parameters: Float64Array.from({ length: n * 8 }, (_, k) => value(Math.floor(k / 8), k % 8)),
    confidence: new Float64Array(n).fill(1),
  };
}

const still = (path: CameraPath): CameraPath => ({ ...path, parameters: path.parameters.map(() => 0) });

/** The corrections from one path to the other. */
function corrections(path: CameraPath, smoothed: CameraPath): Float64Array[] {
  return Array.from(path.times, (_, t) =>
    Float64Array.from({ length: 8 }, (_, i) => path.parameters[t * 8 + i] - smoothed.parameters[t * 8 + i]),
  );
}

describe('attenuateToBudget', () => {
  it('keeps every correction within the budget, exactly, whatever the smoother did', async () => {
    const wild = fc.array(fc.array(within(-0.8, 0.8), { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sizes, wild, within(0, 0.5), async (frame, shares, maxCrop) => {
        const budget = cropBudget(frame, maxCrop);
        const path = pathOf(shares.length, (t, i) => shares[t][i] * parameterRadius(frame), frame);
        const limit = distortionLimit(budget) * (1 + 1e-9);
        for (const own of corrections(path, attenuateToBudget(path, still(path), budget))) {
          expect(staysInside(parametersToHomography(own, frame), budget, 1e-5)).toBe(true);
          for (let i = 4; i < 8; i++) expect(Math.abs(own[i])).toBeLessThanOrEqual(limit + 1e-9);
        }
      }),
    );
  });

  it('changes nothing where everything is inside', async () => {
    const path = pathOf(90, (t, i) => (i < 4 ? 3 * Math.sin(t + i) : 0.01 * Math.cos(t * i)));
    const pulled = attenuateToBudget(path, still(path), cropBudget(size, 0.1));
    expect(Math.max(...pulled.parameters.map(Math.abs))).toBeLessThan(1e-12);
    expect(pulled.times).toBe(path.times);
  });

  it('fades around a correction that is too large, without a bump', async () => {
    const path = pathOf(150, (t, i) => (i === 0 ? 20 + (t === 75 ? 180 : 0) : 0));
    const budget = cropBudget(size, 0.1);
    const own = corrections(path, attenuateToBudget(path, still(path), budget)).map((correction) => correction[0]);
    expect(own[75]).toBeGreaterThan(30);
    expect(own[75]).toBeLessThanOrEqual(32);
    // More than a second away nothing is attenuated; in between the factor glides.
    expect(own[40]).toBeCloseTo(20, 6);
    expect(own[110]).toBeCloseTo(20, 6);
    const factors = own.map((value, t) => value / path.parameters[t * 8]);
    for (let t = 1; t < 150; t++) expect(Math.abs(factors[t] - factors[t - 1])).toBeLessThan(0.1);
  });

  it('attenuates distortion on its own and leaves the translation', async () => {
    const path = pathOf(60, (_, i) => (i === 0 ? 10 : i === 6 ? 300 : 0));
    const budget = cropBudget(size, 0.1);
    for (const own of corrections(path, attenuateToBudget(path, still(path), budget))) {
      expect(own[0]).toBeCloseTo(10, 9);
      expect(own[6]).toBeCloseTo(distortionLimit(budget), 6);
    }
  });

  it('gives up every correction when the budget is nothing', async () => {
    const path = pathOf(30, (t) => 5 * Math.sin(t));
    const pulled = attenuateToBudget(path, still(path), cropBudget(size, 0));
    for (const own of corrections(path, pulled)) expect(Math.hypot(...own)).toBeLessThan(1e-5);
  });

  it('makes no correction of one that is not finite', async () => {
    const path = pathOf(5, () => 1);
    const smoothed = still(path);
    smoothed.parameters[2 * 8 + 3] = Number.NaN;
    smoothed.parameters[3 * 8] = Number.POSITIVE_INFINITY;
    const pulled = attenuateToBudget(path, smoothed, cropBudget(size, 0.1));
    expect(Array.from(pulled.parameters.subarray(16, 32))).toEqual(Array.from(path.parameters.subarray(16, 32)));
    expect(pulled.parameters.every(Number.isFinite)).toBe(true);
  });

  it('survives corrections of any size', async () => {
    const budget = cropBudget(size, 0.1);
    for (const huge of [1e4, 1e9, 1e200, Number.MAX_VALUE]) {
      const path = pathOf(20, (t, i) => (t === 10 ? huge * (i % 2 === 0 ? 1 : -1) : 0));
      for (const own of corrections(path, attenuateToBudget(path, still(path), budget))) {
        expect(staysInside(parametersToHomography(own, size), budget, 1e-5)).toBe(true);
      }
    }
  });
});
