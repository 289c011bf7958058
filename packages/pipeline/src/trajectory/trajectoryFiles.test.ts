import { type ClipMotion, cameraTrajectory, motionField } from '@gimbal/core';
import { composeHomographies, identityHomography, translationHomography } from '@gimbal/core/geometry';
import { describe, expect, it } from 'vitest';
import { trajectoryColmap } from './trajectoryColmap.js';
import { trajectoryJson } from './trajectoryJson.js';

const size = { width: 640, height: 360 };
const focal = 640;

/** A camera that rolls by 0.2 rad about the picture's centre, then a cut. */
function rollThenCut(pixelAspect?: number): ClipMotion {
  const [c, s] = [Math.cos(0.2), Math.sin(0.2)];
  const roll = composeHomographies(
    translationHomography(319.5, 179.5),
    Float64Array.of(c, -s, 0, s, c, 0, 0, 0, 1),
    translationHomography(-319.5, -179.5),
  );
  return {
    size,
    times: Float64Array.of(0, 0.04, 0.08),
    steps: [
      motionField({ size, homographies: roll }),
      motionField({ size, homographies: identityHomography(), verdict: 'cut' }),
    ],
    estimator: 'test',
    ...(pixelAspect !== undefined && { pixelAspect }),
  };
}

const example = cameraTrajectory(rollThenCut(), { focal });

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

  it('has the pixels of the film, wide ones as well', async () => {
    const { 'cameras.txt': cameras } = trajectoryColmap(cameraTrajectory(rollThenCut(64 / 45), { focal: 5000 }));
    expect(cameras).toContain(`1 PINHOLE 640 360 ${5000 / (64 / 45)} 5000 320 180`);
  });
});
