import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { within } from '../../test/arbitraries.js';
import { composeHomographies, identityHomography, translationHomography } from '../geometry/homography.js';
import { multiplyQuaternions, type Quaternion, quaternionToRotation } from '../geometry/rotation.js';
import type { ClipMotion } from './clipMotion.js';
import { type MotionFieldInit, motionField } from './motionField.js';
import { cameraTrajectory } from './trajectory.js';
import { trajectoryColmap } from './trajectoryColmap.js';
import { trajectoryJson } from './trajectoryJson.js';

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
        const { poses } = await cameraTrajectory(clip(turns.map((v) => ({ homographies: turning(...v) }))), { focal });
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
    const { poses, focal: assumed } = await cameraTrajectory(clip([{ homographies: translationHomography(-20, 0) }]));
    expect(assumed).toBe(640);
    // A point straight ahead in frame 0 is to the left in frame 1: R carries +z to −x.
    expect(Math.asin(poses[1].R[2])).toBeCloseTo(-Math.atan(20 / 640), 2);
    expect(Math.abs(poses[1].R[5])).toBeLessThan(1e-3);
  });

  it('does not drift away from a rotation, nor from the truth, in a long clip', async () => {
    const steps = Array.from({ length: 5000 }, (_, i) => ({
      homographies: turning(0, i % 2 === 0 ? 0.03 : -0.03, 0.01),
    }));
    const { poses } = await cameraTrajectory(clip(steps), { focal });
    const last = poses[5000].qvec;
    expect(Math.abs(Math.hypot(...last) - 1)).toBeLessThan(1e-15);
  });

  it('starts anew at a cut, repeats poses of repeated frames, bridges what has no evidence', async () => {
    const step = { homographies: turning(0, 0.02, 0) };
    const { poses } = await cameraTrajectory(
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
      await expect(cameraTrajectory(clip([]), { focal: wrong })).rejects.toMatchObject({
        code: 'GIMBAL_E_INVALID_ARGUMENT',
        message: expect.stringContaining(`not ${wrong}`),
      });
    }
  });

  it('stops when it is aborted', async () => {
    await expect(cameraTrajectory(clip([{}]), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'GIMBAL_E_CANCELLED',
    });
  });
});

const example = cameraTrajectory(clip([{ homographies: turning(0, 0, 0.2) }, { verdict: 'cut' }]), { focal });

describe('trajectoryJson', () => {
  it('is JSON with the camera, the convention and a frame a line', async () => {
    const text = trajectoryJson(await example);
    const { frames, ...head } = JSON.parse(text);
    expect(head).toEqual({
      format: 'gimbal-trajectory',
      version: 1,
      estimator: 'test',
      convention: expect.stringContaining('world to camera'),
      camera: { model: 'PINHOLE', width: 640, height: 360, fx: 640, fy: 640, cx: 319.5, cy: 179.5 },
    });
    expect(frames).toHaveLength(3);
    expect(frames[1]).toEqual({
      index: 1,
      time: 0.04,
      shot: 0,
      qvec: [
        expect.closeTo(Math.cos(0.1), 9),
        expect.closeTo(0, 9),
        expect.closeTo(0, 9),
        expect.closeTo(Math.sin(0.1), 9),
      ],
      R: [
        [expect.closeTo(Math.cos(0.2), 9), expect.closeTo(-Math.sin(0.2), 9), expect.closeTo(0, 9)],
        [expect.closeTo(Math.sin(0.2), 9), expect.closeTo(Math.cos(0.2), 9), expect.closeTo(0, 9)],
        [expect.closeTo(0, 9), expect.closeTo(0, 9), expect.closeTo(1, 9)],
      ],
      t: [0, 0, 0],
    });
    expect(text.trimEnd().split('\n')).toHaveLength(1 + 3 + 1);
  });
});

describe('trajectoryColmap', () => {
  it("writes COLMAP's three text files", async () => {
    const files = trajectoryColmap(await example);
    const data = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(data(files['cameras.txt'])).toEqual([
      '1 PINHOLE 640 360 640 640 320 180',
      '2 PINHOLE 640 360 640 640 320 180',
    ]);
    const images = data(files['images.txt']).map((line) => line.split(' '));
    expect(images.map((fields) => [fields[0], fields[8], fields[9]])).toEqual([
      ['1', '1', 'frame_000001.png'],
      ['2', '1', 'frame_000002.png'],
      ['3', '2', 'frame_000003.png'],
    ]);
    expect(images[1].slice(1, 8).map(Number)).toEqual([
      expect.closeTo(Math.cos(0.1), 9),
      expect.closeTo(0, 9),
      expect.closeTo(0, 9),
      expect.closeTo(Math.sin(0.1), 9),
      0,
      0,
      0,
    ]);
    // Two lines an image, the second (its points) empty.
    expect(files['images.txt'].split('\n').slice(4)).toEqual([
      expect.any(String),
      '',
      expect.any(String),
      '',
      expect.any(String),
      '',
      '',
    ]);
    expect(data(files['points3D.txt'])).toEqual([]);
    expect(files['images.txt']).toContain('# Number of images: 3,');
    expect(files['cameras.txt']).toContain('# Number of cameras: 2');
  });

  it('has no camera without a frame', () => {
    const files = trajectoryColmap({ size, focal, pixelAspect: 1, estimator: 'test', poses: [] });
    expect(files['cameras.txt']).toContain('# Number of cameras: 0');
  });
});
