import { describe, expect, it } from 'vitest';
import { tripod } from '../../test/smallParts.js';
import { applyHomography, cornerError, invertHomography, multiplyHomographies } from '../geometry/homography.js';
import { parametersToHomography } from '../geometry/motionParameters.js';
import type { ClipMotion } from '../motion/clipMotion.js';
import { motionField } from '../motion/motionField.js';
import type { Smoother } from '../path/smoother.js';
import { staysInside } from './cropBudget.js';
import { type PlanOptions, planCorrections } from './planCorrections.js';

const size = { width: 640, height: 360 };

/** A handheld clip: sway in all of translation, turn and zoom, with a cut and a repeated frame. */
function shaky(n: number, amplitude = 1, cut?: number, repeated?: number): ClipMotion {
  const sway = (t: number): number[] => [
    9 * Math.sin(t * 0.7) * amplitude,
    7 * Math.cos(t * 0.9) * amplitude,
    5 * Math.sin(t * 0.5) * amplitude,
    3 * Math.cos(t * 0.4) * amplitude,
    0,
    0,
    0,
    0,
  ];
  const steps = Array.from({ length: n - 1 }, (_, t) => {
    const [now, next] = [sway(t), sway(t + 1)];
    const verdict = t === cut ? 'cut' : t === repeated ? 'duplicate' : 'ok';
    const p = verdict === 'duplicate' ? new Float64Array(8) : next.map((value, i) => value - now[i]);
    return motionField({ size, homographies: parametersToHomography(p, size), verdict });
  });
  return { size, times: Float64Array.from({ length: n }, (_, t) => t / 30), steps, estimator: 'test' };
}

/** Whether the picture that a warp shows lies inside the frame. */
function border(warp: Float64Array, output: { width: number; height: number }): number {
  let worst = 0;
  for (const [x, y] of [
    [0, 0],
    [output.width - 1, 0],
    [output.width - 1, output.height - 1],
    [0, output.height - 1],
  ]) {
    const [px, py] = applyHomography(warp, x, y);
    worst = Math.max(worst, -px, -py, px - size.width + 1, py - size.height + 1);
  }
  return worst;
}

describe('planCorrections', () => {
  const plan = (motion: ClipMotion, options: Partial<PlanOptions> = {}) =>
    planCorrections(motion, { smoother: tripod, ...options });

  it.each(['static', 'dynamic', 'none'] as const)('shows no border with zoom %s, within the budget', async (zoom) => {
    for (const amplitude of [1, 4]) {
      const { warps, corrections, output, budget, windows } = await plan(shaky(120, amplitude), { zoom });
      for (const [t, warp] of warps.entries()) {
        expect(border(warp, output)).toBeLessThan(0.01);
        expect(staysInside(corrections[t], budget, 1e-4)).toBe(true);
        expect(windows[t].scale).toBeGreaterThanOrEqual(0.85 - 1e-6);
      }
    }
  });

  it('holds the picture still: the corrected motion is none', async () => {
    const motion = shaky(60);
    const { corrections } = await plan(motion);
    for (let t = 1; t < 60; t++) {
      const corrected = multiplyHomographies(
        invertHomography(corrections[t]),
        multiplyHomographies(motion.steps[t - 1].homographies, corrections[t - 1]),
      );
      expect(cornerError(corrected, Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), size)).toBeLessThan(0.01);
    }
  });

  it('scales a static window to the size of the frame, and keeps pixels with zoom none', async () => {
    const motion = shaky(60);
    const zoomed = await plan(motion);
    expect(zoomed.output).toEqual(size);
    expect(zoomed.windows[0].scale).toBeLessThan(1);
    const { output, warps, corrections } = await plan(motion, { zoom: 'none' });
    expect(output.width % 2).toBe(0);
    expect(output.height % 2).toBe(0);
    expect(output.width).toBeLessThan(size.width);
    // Whole pixels of the frame that is steadied: the window's corner lies on one.
    const placed = multiplyHomographies(invertHomography(corrections[0]), warps[0]);
    expect(placed[2]).toBeCloseTo(Math.round(placed[2]), 6);
    expect(placed[0]).toBeCloseTo(1, 6);
  });

  it('leaves a still clip alone', async () => {
    for (const zoom of ['static', 'dynamic', 'none'] as const) {
      const { output, warps } = await plan(shaky(10, 0), { zoom });
      expect(output).toEqual(size);
      for (const warp of warps) expect(cornerError(warp, invertHomography(warp), size)).toBeLessThan(0.02);
    }
  });

  it('steadies each shot on its own', async () => {
    const { shots, corrections } = await plan(shaky(80, 1, 39));
    expect(shots).toEqual([
      { start: 0, end: 40 },
      { start: 40, end: 80 },
    ]);
    const alone = await plan({ ...shaky(40), steps: shaky(80, 1, 39).steps.slice(0, 39) });
    for (let t = 0; t < 40; t++) expect(cornerError(alone.corrections[t], corrections[t], size)).toBeLessThan(1e-9);
  });

  it('moves evenly through repeated frames: each is shown where the steady camera is at its own time', async () => {
    // 24 pictures a second stored at 30, of a camera that pans by 3 pixels a frame.
    const picture = (t: number): number => Math.floor((t * 24) / 30);
    const steps = Array.from({ length: 89 }, (_, t) => {
      const moved = (picture(t + 1) - picture(t)) * (30 / 24) * 3;
      return motionField({
        size,
        homographies: parametersToHomography([moved, 0, 0, 0, 0, 0, 0, 0], size),
        verdict: moved === 0 ? 'duplicate' : 'ok',
      });
    });
    const straight: Smoother = {
      name: 'straight',
      smooth: async (path) => ({
        ...path,
        parameters: path.parameters.map((_, i) => (i % 8 === 0 ? 3 * (i / 8) - 1.5 : 0)),
      }),
    };
    const motion = { size, times: Float64Array.from({ length: 90 }, (_, t) => t / 30), steps, estimator: 'test' };
    const { corrections } = await plan(motion, { smoother: straight });
    for (let t = 1; t < 90; t++) {
      const shown = multiplyHomographies(
        invertHomography(corrections[t]),
        multiplyHomographies(steps[t - 1].homographies, corrections[t - 1]),
      );
      expect(shown[2] / shown[8]).toBeCloseTo(3, 6);
    }
  });

  it('lets borders show when told to', async () => {
    const motion = shaky(60, 4);
    const black = await plan(motion, { border: 'black' });
    expect(black.output).toEqual(size);
    expect(black.windows[0].scale).toBe(1);
    expect(black.warps[0]).toEqual(black.corrections[0]);
    expect(Math.max(...black.warps.map((warp) => border(warp, size)))).toBeGreaterThan(5);
    const zoomed = await plan(motion, { border: 'mirror', zoom: 'static', maxCrop: 0.1 });
    expect(zoomed.windows[0].scale).toBe(0.9);
  });

  it('spends no more than it is given', async () => {
    const { windows } = await plan(shaky(60, 4), { maxCrop: 0.05 });
    expect(windows[0].scale).toBeGreaterThanOrEqual(0.95 - 1e-6);
    const nothing = await plan(shaky(60, 4), { maxCrop: 0 });
    expect(nothing.windows[0].scale).toBeGreaterThan(0.9999);
  });

  it('plans a clip of one frame', async () => {
    const { warps, shots } = await plan(shaky(1));
    expect(warps).toHaveLength(1);
    expect(shots).toEqual([{ start: 0, end: 1 }]);
  });

  it('stops when it is aborted', async () => {
    await expect(plan(shaky(60), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'GIMBAL_E_CANCELLED',
    });
  });

  it('stops between two rounds when it is aborted meanwhile', async () => {
    const controller = new AbortController();
    let calls = 0;
    const smoother: Smoother = {
      name: 'slow',
      smooth(path) {
        if (calls++ === 0) setTimeout(() => controller.abort());
        return path;
      },
    };
    const planned = planCorrections(shaky(60), { smoother, signal: controller.signal });
    await expect(planned).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    expect(calls).toBeLessThan(3);
  });
});
