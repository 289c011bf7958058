import { type CameraPath, cropBudget, PARAMETERS_PER_FRAME } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import { l1Optimal } from './l1Optimal.js';
import { minAcceleration } from './minAcceleration.js';
import { pathJitter } from './signal/pathJitter.js';

const size = { width: 640, height: 360 };
const SIZE = PARAMETERS_PER_FRAME;
const budget = cropBudget(size, 0.15);

/** 30 frames a second; `position` in pixels, and on top a shake of 2 to 8 Hz in x, y and turn. */
function shaky(frames: number, position: (frame: number) => number, shake = 2): CameraPath {
  const parameters = new Float64Array(frames * SIZE);
  for (let i = 0; i < frames; i++) {
    for (let j = 0; j < 3; j++) {
      for (let k = 0; k < 6; k++) {
        const frequency = 2.1 + 1.1 * k + 0.13 * j;
        parameters[i * SIZE + j] += (shake / 2) * Math.sin((2 * Math.PI * frequency * i) / 30 + 1.7 * k * k + 2.3 * j);
      }
    }
    parameters[i * SIZE] += position(i);
  }
  const times = Float64Array.from({ length: frames }, (_, i) => i / 30);
  return { size, times, parameters, confidence: new Float64Array(frames).fill(1) };
}

/** Pixels a frame in x. */
function speeds({ times, parameters }: CameraPath): number[] {
  return Array.from({ length: times.length - 1 }, (_, i) => parameters[(i + 1) * SIZE] - parameters[i * SIZE]);
}

/** Largest correction in x, as a share of what the budget allows. */
function spent(path: CameraPath, smooth: CameraPath): number {
  let most = 0;
  for (let at = 0; at < path.parameters.length; at += SIZE) {
    most = Math.max(most, Math.abs(path.parameters[at] - smooth.parameters[at]));
  }
  return most / (budget.maxCrop * (size.width / 2));
}

describe('minAcceleration', () => {
  it.each([0.6, 1])('keeps an even pan even from the first frame to the last, at strength %d', async (strength) => {
    for (const speed of [0, 1, 3, 20]) {
      const path = shaky(110, (i) => speed * i);
      const smooth = await minAcceleration({ strength }).smooth(path, budget);
      for (const v of speeds(smooth)) expect(Math.abs(v - speed)).toBeLessThan(0.05 * speed + 0.05);
      const left =
        pathJitter(path.times, smooth.parameters, size).rms / pathJitter(path.times, path.parameters, size).rms;
      expect(left).toBeLessThan(0.008);
    }
  });

  it.each([2, 6, 13])(
    'neither overshoots nor creeps where the camera stands, pans by %d px and stands',
    async (speed) => {
      const path = shaky(400, (i) => speed * Math.min(160, Math.max(0, i - 120)), 0.8);
      const smooth = speeds(await minAcceleration().smooth(path, budget));
      expect(Math.max(...smooth)).toBeLessThan(1.03 * speed);
      expect(Math.max(...smooth)).toBeGreaterThan(0.95 * speed);
      // More than two seconds from the pan it stands.
      for (const v of [...smooth.slice(20, 60), ...smooth.slice(340, -20)]) expect(Math.abs(v)).toBeLessThan(0.1);
    },
  );

  it.each([0.8, 1])('does not overshoot when it smooths over seconds, at strength %d', async (strength) => {
    const path = shaky(300, (i) => 13 * Math.min(90, Math.max(0, i - 105)), 0.8);
    const smooth = speeds(await minAcceleration({ strength }).smooth(path, budget));
    expect(Math.max(...smooth)).toBeLessThan(1.03 * 13);
    expect(Math.min(...smooth)).toBeGreaterThan(-0.03 * 13);
  });

  it('takes no more of the picture than it needs', async () => {
    const path = shaky(150, (i) => 3 * i);
    const [ours, l1] = [await minAcceleration().smooth(path, budget), await l1Optimal().smooth(path, budget)];
    expect(spent(path, ours)).toBeLessThan(0.3);
    expect(spent(path, l1)).toBeGreaterThan(0.9);
  });

  it('is steadier than l1-optimal where the budget is short', async () => {
    const path = shaky(300, (i) => 60 * Math.sin(i / 9) + 25 * Math.sin(i / 4));
    const [ours, l1] = [await minAcceleration().smooth(path, budget), await l1Optimal().smooth(path, budget)];
    const [a, b] = [ours, l1].map(({ parameters }) => pathJitter(path.times, parameters, size));
    expect(a.rms).toBeLessThan(0.9 * b.rms);
  });

  it('keeps to the budget that it chose when it is asked to refine its answer', async () => {
    const path = shaky(150, (i) => 3 * i);
    const smoother = minAcceleration();
    const first = await smoother.smooth(path, budget, { draft: true });
    const second = await smoother.smooth({ ...path, parameters: path.parameters.slice() }, budget);
    expect(spent(path, second)).toBeCloseTo(spent(path, first), 1);
  });

  it('gives the same path in windows as at once', async () => {
    // 100 s are solved in windows of 40 s; the middle of the last 50 s is far from where windows meet.
    const long = shaky(3000, (i) => 40 * Math.sin(i / 40));
    const smooth = await minAcceleration().smooth(long, budget);
    const jitter = pathJitter(long.times, smooth.parameters, size);
    const part = (from: number, to: number): number =>
      pathJitter(long.times.slice(from, to), smooth.parameters.slice(from * SIZE, to * SIZE), size).rms;
    for (const from of [800, 1700, 2400]) expect(part(from, from + 200)).toBeLessThan(1.5 * jitter.rms + 0.01);
  });
});
