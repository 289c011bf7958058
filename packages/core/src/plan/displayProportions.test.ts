import { describe, expect, it } from 'vitest';
import { tripod } from '../../test/smallParts.js';
import { multiplyHomographies } from '../geometry/homography.js';
import { homographyToParameters, parametersToHomography } from '../geometry/motionParameters.js';
import type { ClipMotion } from '../motion/clipMotion.js';
import type { MotionField } from '../motion/motionField.js';
import { parseMotion, serializeMotion } from '../motion/motionRecord.js';
import { cameraTrajectory } from '../motion/trajectory.js';
import { displaySize, inDisplayProportions, pixelAspectOf } from './displayProportions.js';
import { onlinePlanner } from './onlinePlanner.js';
import { planCorrections, planSettings } from './planCorrections.js';

const FRAMES = 90;
const DEGREES = Math.PI / 180;
const stored = { width: 640, height: 360 };

/** A camera that rolls by up to 3° to either side and sways by 4 rows; in pixels as they are stored. */
function rolling(pixelAspect: number): ClipMotion {
  const shown = displaySize(stored, pixelAspect);
  const radius = Math.hypot(shown.width - 1, shown.height - 1) / 2;
  const pose = (t: number) => [4 * Math.sin(t * 0.8), 3 * Math.cos(t), 3 * DEGREES * radius * Math.sin(t * 0.6)];
  const steps = Array.from({ length: FRAMES - 1 }, (_, t): MotionField => {
    const [now, next] = [pose(t), pose(t + 1)];
    const p = Float64Array.of(...next.map((value, i) => value - now[i]), 0, 0, 0, 0, 0);
    return {
      size: stored,
      rows: 1,
      cols: 1,
      homographies: inDisplayProportions(parametersToHomography(p, shown), 1 / pixelAspect),
      confidence: 1,
      verdict: 'ok',
      model: 'homography',
    };
  });
  const times = Float64Array.from({ length: FRAMES }, (_, t) => t / 30);
  return { size: stored, times, steps, estimator: 'test', pixelAspect };
}

/** Root of the mean square of the motion that is left between frames, in rows at half the diagonal; and of what there was. */
function left(motion: ClipMotion, corrections: readonly Float64Array[]): { left: number; before: number } {
  const aspect = pixelAspectOf(motion);
  const shown = displaySize(motion.size, aspect);
  const energy = (h: Float64Array) =>
    Array.from(homographyToParameters(h, shown) ?? [Number.NaN])
      .slice(0, 3)
      .reduce((sum, value) => sum + value * value, 0);
  let [after, before] = [0, 0];
  for (const [t, { homographies }] of motion.steps.entries()) {
    const [a, b] = [corrections[t], corrections[t + 1]].map((c) => inDisplayProportions(c, aspect));
    const step = inDisplayProportions(homographies, aspect);
    after += energy(multiplyHomographies(inverse(b), multiplyHomographies(step, a)));
    before += energy(step);
  }
  return { left: Math.sqrt(after / FRAMES), before: Math.sqrt(before / FRAMES) };
}

const inverse = (h: Float64Array) => {
  const [a, b, c, d, e, f, g, i, j] = h;
  return Float64Array.of(
    e * j - f * i,
    c * i - b * j,
    b * f - c * e,
    f * g - d * j,
    a * j - c * g,
    c * d - a * f,
    d * i - e * g,
    b * g - a * i,
    a * e - b * d,
  );
};

describe.each([
  ['square pixels', 1],
  ['64:45', 64 / 45],
  ['2:1', 2],
  ['1:2', 1 / 2],
  ['8:9', 8 / 9],
])('a camera that rolls, %s', (_, aspect) => {
  const motion = rolling(aspect);

  it('is held still', async () => {
    const { corrections } = await planCorrections(motion, { smoother: tripod, maxCrop: 0.3 });
    const result = left(motion, corrections);
    expect(result.before).toBeGreaterThan(5);
    expect(result.left).toBeLessThan(0.01 * result.before);
  });

  it('is held as still where the end is not known', async () => {
    const { budget } = planSettings(displaySize(stored, aspect), { maxCrop: 0.3 });
    const shown = rolling(aspect);
    const plan = onlinePlanner({ smoother: tripod, budget, frames: FRAMES });
    const display = shown.steps.map((step) => ({
      ...step,
      size: displaySize(stored, aspect),
      homographies: inDisplayProportions(step.homographies, aspect),
    }));
    const known = { size: displaySize(stored, aspect), times: shown.times, steps: display, first: 0, complete: true };
    const corrections = (await plan.decide(known)).map(({ correction }) =>
      inDisplayProportions(correction, 1 / aspect),
    );
    const result = left(motion, corrections);
    expect(result.left).toBeLessThan(0.01 * result.before);
  });

  it('is exported as a roll', async () => {
    const { poses, focal, pixelAspect } = cameraTrajectory(motion, { focal: 5000 });
    expect([focal, pixelAspect]).toEqual([5000, aspect]);
    const rolls = poses.map(({ qvec }) => (2 * Math.atan2(qvec[3], qvec[0])) / DEGREES);
    // Swaying adds no roll; every roll of the camera is there at its own size.
    for (const [t, roll] of rolls.entries()) expect(roll).toBeCloseTo(3 * Math.sin(t * 0.6), 1);
  });

  it('keeps the shape of its pixels in a motion file', () => {
    expect(pixelAspectOf(parseMotion(serializeMotion(motion)))).toBe(aspect);
  });
});

it('takes an impossible shape for a mistake', () => {
  for (const pixelAspect of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e6, undefined]) {
    expect(pixelAspectOf({ pixelAspect })).toBe(1);
  }
});
