import { PARAMETERS_PER_FRAME } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import { AccelerationEnergy } from './accelerationEnergy.js';
import { createBandedMatrix } from './bandedCholesky.js';

const SIZE = PARAMETERS_PER_FRAME;
const times = Float64Array.of(0, 0.1, 0.15, 0.35, 0.4, 0.5);
const anchor = Float64Array.from({ length: times.length * SIZE }, (_, k) => Math.sin(3 * k));
const weights = Float64Array.of(1, 1, 1, 30, 1, 1, 1, 1);

describe('AccelerationEnergy', () => {
  it('is ½ ∫ tau⁴ |x″|² for a parabola, at any spacing', () => {
    const parabola = Float64Array.from({ length: anchor.length }, (_, k) =>
      k % SIZE === 0 ? 3 * times[Math.trunc(k / SIZE)] ** 2 : 0,
    );
    const energy = new AccelerationEnergy(times, 0.5, { anchor: parabola, weights, held: 0 });
    // x″ is 6; the differences stand for half of what lies between the outer time stamps each.
    const duration = (0.15 + 0.25 + 0.25 + 0.15) / 2;
    expect(energy.value(parabola)).toBeCloseTo(0.5 * 0.5 ** 4 * 36 * duration, 12);
  });

  it.each([0, 2 * SIZE])('has the gradient and the matrix of its value, with %d held', (held) => {
    const energy = new AccelerationEnergy(times, 0.2, { anchor, weights, held });
    const x = anchor.map((value, k) => value + (k < held ? 0 : Math.cos(5 * k)));
    const right = new Float64Array(x.length);
    energy.addGradient(right, x);
    const matrix = createBandedMatrix(x.length, 2 * SIZE);
    energy.addMatrix(matrix);
    for (const k of [held, held + 3, 3 * SIZE + 1, x.length - 1]) {
      const moved = (by: number): number => energy.value(x.map((value, i) => (i === k ? value + by : value)));
      expect(right[k]).toBeCloseTo(-(moved(1e-4) - moved(-1e-4)) / 2e-4, 4);
      expect(matrix.entries[k * (2 * SIZE + 1) + 2 * SIZE]).toBeCloseTo((moved(1) - 2 * moved(0) + moved(-1)) / 1, 6);
    }
  });
});
