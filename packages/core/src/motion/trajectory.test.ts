import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { within } from '../../test/arbitraries.js';
import { composeHomographies, identityHomography, translationHomography } from '../geometry/homography.js';
import { multiplyQuaternions, type Quaternion, quaternionToRotation } from '../geometry/rotation.js';
import type { ClipMotion } from './clipMotion.js';
import { type MotionFieldInit, motionField } from './motionField.js';
import { cameraTrajectory } from './trajectory.js';

const size = { width: 640, height: 360 };
const focal = 640;

/** The homography of a camera that turns by a rotation vector (radians). */
function turning(rx: number, ry: number, rz: number): Float64Array {
  const r = quaternionToRotation(turn(rx, ry, rz));
  const k = Float64Array.of(focal, 0, 319.5, 0, focal, 179.5, 0, 0, 1);
  const inverse = Float64Array.of(1 / focal, 0, -319.5 / focal, 0, 1 / focal, -179.5 / focal, 0, 0, 1);
  return composeHomographies(k, r, inverse);
}

function turn(rx: number, ry: number, rz: number): Quaternion {
  const angle = Math.hypot(rx, ry, rz);
  const s = angle === 0 ? 0 : Math.sin(angle / 2) / angle;
  return [Math.cos(angle / 2), rx * s, ry * s, rz * s];
}

function clip(steps: readonly Partial<MotionFieldInit>[]): ClipMotion {
  return {
    size,
    times: Float64Array.from({ length: steps.length + 1 }, (_, i) => i / 25),
    steps: steps.map((step) => motionField({ size, homographies: identityHomography(), ...step })),
    estimator: 'test',
  };
}

describe('cameraTrajectory', () => {
  it('follows a camera that turns', async () => {
    const angles = fc.array(fc.tuple(within(-0.1, 0.1), within(-0.1, 0.1), within(-0.1, 0.1)), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(angles, async (turns) => {
        const { poses } = cameraTrajectory(clip(turns.map((v) => ({ homographies: turning(...v) }))), { focal });
        let q: Quaternion = [1, 0, 0, 0];
        expect(poses).toHaveLength(turns.length + 1);
        for (const [i, pose] of poses.entries()) {
          if (i > 0) q = multiplyQuaternions(turn(...turns[i - 1]), q);
          expect(pose.index).toBe(i);
          expect(pose.time).toBe(i / 25);
          for (let k = 0; k < 4; k++) expect(Math.abs(pose.qvec[k] - q[k])).toBeLessThan(1e-6);
          expect(pose.t).toEqual([0, 0, 0]);
          expect(Array.from(quaternionToRotation(pose.qvec))).toEqual(pose.R);
        }
      }),
    );
  });

  it('turns right when the picture moves left', async () => {
    const { poses, focal: assumed } = cameraTrajectory(clip([{ homographies: translationHomography(-20, 0) }]));
    expect(assumed).toBe(640);
    // A point straight ahead in frame 0 is to the left in frame 1: R carries +z to −x.
    expect(Math.asin(poses[1].R[2])).toBeCloseTo(-Math.atan(20 / 640), 2);
    expect(Math.abs(poses[1].R[5])).toBeLessThan(1e-3);
  });

  it('does not drift away from a rotation, nor from the truth, in a long clip', async () => {
    const steps = Array.from({ length: 5000 }, (_, i) => ({
      homographies: turning(0, i % 2 === 0 ? 0.03 : -0.03, 0.01),
    }));
    const { poses } = cameraTrajectory(clip(steps), { focal });
    const last = poses[5000].qvec;
    expect(Math.abs(Math.hypot(...last) - 1)).toBeLessThan(1e-15);
  });

  it('starts anew at a cut, repeats poses of repeated frames, bridges what has no evidence', async () => {
    const step = { homographies: turning(0, 0.02, 0) };
    const { poses } = cameraTrajectory(
      clip([step, { verdict: 'duplicate' }, { verdict: 'cut' }, step, { confidence: 0 }, step]),
      { focal },
    );
    expect(poses.map(({ shot }) => shot)).toEqual([0, 0, 0, 1, 1, 1, 1]);
    expect(poses[2].qvec).toEqual(poses[1].qvec);
    expect(poses[3].qvec).toEqual([1, 0, 0, 0]);
    const yaw = poses.map(({ qvec }) => 2 * Math.asin(qvec[2]));
    expect(yaw[5] - yaw[4]).toBeCloseTo(0.02, 4);
    expect(yaw[6]).toBeCloseTo(0.06, 4);
  });

  it('refuses a focal length that is none', async () => {
    for (const wrong of [0, -5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => cameraTrajectory(clip([]), { focal: wrong })).toThrow(
        expect.objectContaining({
          code: 'GIMBAL_E_INVALID_ARGUMENT',
          message: expect.stringContaining(`not ${wrong}`),
        }),
      );
    }
  });
});
