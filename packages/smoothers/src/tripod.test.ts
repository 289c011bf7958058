import { type CameraPath, cropBudget, staysInside } from '@gimbal/core';
import { parametersToHomography } from '@gimbal/core/geometry';
import { describe, expect, it } from 'vitest';
import { tripod } from './tripod.js';

const size = { width: 640, height: 360 };

/** A camera that stands but for trembling hands and, after `from` seconds, a pan of `speed` px/s. */
function path(speed: number, from = 0): CameraPath {
  const n = 240;
  const times = Float64Array.from({ length: n }, (_, i) => i / 30);
  const parameters = new Float64Array(n * 8);
  for (let t = 0; t < n; t++) {
    parameters[t * 8] = 8 * Math.sin(t * 0.9) + speed * Math.max(times[t] - from, 0);
    parameters[t * 8 + 1] = 5 * Math.cos(t * 0.7);
    parameters[t * 8 + 2] = 2 * Math.sin(t * 0.3);
  }
  return { size, times, parameters, confidence: new Float64Array(n).fill(1) };
}

function corrections(shaky: CameraPath, still: CameraPath): Float64Array[] {
  return Array.from({ length: shaky.times.length }, (_, t) =>
    Float64Array.from({ length: 8 }, (_, i) => shaky.parameters[t * 8 + i] - still.parameters[t * 8 + i]),
  );
}

describe('tripod', () => {
  it('stands still where the budget allows it', async () => {
    const still = await tripod().smooth(path(0), cropBudget(size, 0.15));
    for (let i = 0; i < still.parameters.length; i++) {
      expect(Math.abs(still.parameters[i] - still.parameters[i % 8])).toBeLessThan(1e-6);
    }
  });

  it('follows a camera that went away, without leaving the frame or trembling as much', async () => {
    const shaky = path(60, 3);
    const budget = cropBudget(size, 0.15);
    const still = await tripod().smooth(shaky, budget);
    for (const own of corrections(shaky, still))
      expect(staysInside(parametersToHomography(own, size), budget)).toBe(true);
    const roughness = ({ parameters }: CameraPath) => {
      let sum = 0;
      for (let i = 16; i < parameters.length; i += 8) {
        sum += (parameters[i] - 2 * parameters[i - 8] + parameters[i - 16]) ** 2;
      }
      return sum;
    };
    expect(roughness(still)).toBeLessThan(roughness(shaky) / 20);
  });
});
