import type { Size } from '@gimbal/core';
import { composeHomographies, cornerError, identityHomography, translationHomography } from '@gimbal/core/geometry';
import { createAligner } from '@gimbal/native';
import { expect, test } from 'vitest';
import { cornersOf, toGrid } from '../src/grid/gridCorners.js';
import { reducedTo } from '../src/hypotheses/inlierMap.js';
import { parseIhnOptions } from '../src/ihnOptions.js';
import { learnedEstimator } from '../src/learnedEstimator.js';
import type { PairNetwork } from '../src/network/pairNetwork.js';
import { refinePhotometric } from '../src/photometric/photometricRefinement.js';
import { refineAtFullResolution } from '../src/refine/refineAtFullResolution.js';
import type { MotionPrior } from '../src/refine/temporalPrior.js';
import { draw, shot } from './scene.js';

const size: Size = { width: 960, height: 540 };
const truth = Float64Array.of(1.004, -0.008, 9.2, 0.009, 1.003, -7.1, 1.2e-6, -2e-6, 1);

/** A network that knows the truth but for `off` grid pixels at every corner. */
function nearlyRight(off: number): PairNetwork {
  const inliers = { cells: 128, data: new Float32Array(128 * 128).fill(1) };
  const corners = cornersOf(toGrid(truth, size)).map((value, i) => value + off * Math.sign(draw(i)) * Math.SQRT1_2);
  return {
    provider: 'cpu',
    guided: true,
    run: async (questions) => questions.map(() => ({ corners: [corners], expectedError: off, inliers })),
    refinePhotometric: async (pair) => refinePhotometric(pair),
    warmup: async () => {},
    forget: () => {},
    close: async () => {},
  };
}

test('full-resolution refinement takes a tenth of a grid pixel down to a fraction of a frame pixel', async () => {
  const [previous, current] = [shot(size, 3, identityHomography()), shot(size, 3, truth)];
  const errors = await Promise.all(
    [false, true].map(async (refineAtFullResolution) => {
      const estimator = learnedEstimator('nearly', nearlyRight(0.1), parseIhnOptions({ refineAtFullResolution }));
      const { field, alignment } = await estimator.trace(previous, current);
      expect(field).toMatchObject({ verdict: 'ok', model: 'homography' });
      expect(alignment?.converged).toBe(refineAtFullResolution ? true : undefined);
      await estimator.dispose();
      return cornerError(field.homographies, truth, size);
    }),
  );
  expect(errors[0]).toBeGreaterThan(0.4);
  expect(errors[1]).toBeLessThan(0.03);
});

test('a pair that was not measured is not refined', async () => {
  const estimator = learnedEstimator('nearly', nearlyRight(0.1), parseIhnOptions({ refineAtFullResolution: true }));
  const frame = shot(size, 3, identityHomography());
  const { field, alignment } = await estimator.trace(frame, shot(size, 3, identityHomography()));
  expect(field).toMatchObject({ verdict: 'duplicate', model: 'identity' });
  expect(alignment).toBeUndefined();
  await estimator.dispose();
});

test('an answer that nothing agrees with gives way to the motion of the pair before, and only then', async () => {
  const frames = [shot(size, 3, identityHomography()), shot(size, 3, truth)] as const;
  const near = composeHomographies(translationHomography(1.5, -1), truth);
  const far = composeHomographies(translationHomography(60, 35), truth);
  const aligner = createAligner();
  for (const [start, motion, error] of [
    [far, near, 0.05],
    [near, far, 0.05],
    [far, undefined, 40],
    [far, far, 40],
  ] as const) {
    const decision = { verdict: 'ok', model: 'homography', confidence: 0.9, homography: start } as const;
    let left: MotionPrior = {};
    const passage = {
      before: Promise.resolve({ trust: new Float32Array(48).fill(0.9), motion }),
      publish: (prior: MotionPrior) => {
        left = prior;
      },
    };
    const { decision: found } = await refineAtFullResolution(aligner, frames, decision, undefined, passage, undefined);
    const off = cornerError(found.homography, truth, size);
    if (error < 1) expect(off).toBeLessThan(error);
    else expect(off).toBeGreaterThan(error);
    expect(left.motion).toEqual(found.homography);
  }
  aligner.dispose();
});

test('a fine inlier map is averaged down to the size asked for', () => {
  const map = { cells: 4, data: Float32Array.from({ length: 16 }, (_, i) => i) };
  expect(reducedTo(4, map)).toBe(map.data);
  expect([...reducedTo(2, map)]).toEqual([2.5, 4.5, 10.5, 12.5]);
  expect([...reducedTo(1, map)]).toEqual([7.5]);
});
