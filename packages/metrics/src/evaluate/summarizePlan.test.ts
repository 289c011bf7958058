import { type ClipMotion, type Homography, motionField, type RenderPlan, shotsOf } from '@gimbal/core';
import { composeHomographies, invertHomography, scalingHomography, translationHomography } from '@gimbal/core/geometry';
import { describe, expect, it } from 'vitest';
import { summarizePlan } from './summarizePlan.js';

const size = { width: 320, height: 180 };
/** Where the camera of frame t points, in pixels. */
const shake = [0, 4, -2, 6, 0, 2, -4, 0];

function clip(cutAfter?: number): ClipMotion {
  const steps = shake.slice(1).map((at, i) =>
    motionField({
      size,
      homographies: translationHomography(shake[i] - at, 0),
      verdict: i === cutAfter ? 'cut' : 'ok',
    }),
  );
  return { size, times: Float64Array.from(shake, (_, t) => t / 25), steps, estimator: 'test' };
}

/** Corrections that put every frame where frame 0 was, shown through a window of `scale` about the centre. */
function plan(motion: ClipMotion, scale: number, output = size): RenderPlan {
  const centre = translationHomography(159.5, 89.5);
  const window = composeHomographies(centre, scalingHomography(scale), invertHomography(centre));
  const corrections: Homography[] = shake.map((at) => translationHomography(-at, 0));
  const warps = corrections.map((correction) => composeHomographies(correction, window));
  const windows = shake.map(() => ({ scale, centreX: 159.5, centreY: 89.5 }));
  const budget = { size, maxCrop: 0.1, maxDistortion: 0.02 };
  const { times } = motion;
  return { size, times, border: 'crop', output, warps, corrections, windows, shots: shotsOf(motion), budget };
}

/** Second differences of the shake at 640 pixels width; x only, so the root mean square over x and y is 1/√2 of it. */
function expected(path: readonly number[]): number {
  const values = path.slice(2).map((at, i) => (2 * Math.abs(at - 2 * path[i + 1] + path[i])) / Math.SQRT2);
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

describe('summarizePlan', () => {
  it('knows the jitter before and after, what is kept, and that there are no borders', async () => {
    const motion = clip();
    const { jitter, kept, borders } = summarizePlan(motion, plan(motion, 0.9));
    if (jitter.before.status !== 'measured' || jitter.after.status !== 'measured') return expect.unreachable();
    expect(jitter.before.rms).toBeCloseTo(expected(shake), 6);
    expect(jitter.after.rms).toBeCloseTo(0, 6);
    expect(kept).toBeCloseTo(0.9, 9);
    expect(borders).toEqual({ frames: 0, largest: 0 });
  });

  it('counts the frames that show a border, and how much of it', async () => {
    const motion = clip();
    const { kept, borders } = summarizePlan(motion, plan(motion, 1));
    expect(kept).toBe(1);
    // Five of the eight frames are moved; the largest move is 6 pixels, half an edge pixel of which counts as covered.
    expect(borders.frames).toBe(5);
    expect(borders.largest).toBeCloseTo(5.5 / 319, 4);
  });

  it('does not count what jumps at a cut', async () => {
    const motion = clip(3);
    const { jitter } = summarizePlan(motion, plan(motion, 0.9));
    const halves = [shake.slice(0, 4), shake.slice(4)].map((half) => expected(half) ** 2);
    expect(jitter.before).toMatchObject({ rms: expect.closeTo(Math.sqrt((halves[0] + halves[1]) / 2), 6) });
  });
});
