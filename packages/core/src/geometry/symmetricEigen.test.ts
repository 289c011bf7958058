import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { within } from '../../test/arbitraries.js';
import { symmetricEigen } from './symmetricEigen.js';

const N = 9;

describe('symmetricEigen', () => {
  it('satisfies A·v = λ·v with orthonormal vectors and ascending values', () => {
    fc.assert(
      fc.property(fc.array(within(-10, 10), { minLength: N * N, maxLength: N * N }), (entries) => {
        const matrix = entries.map((_, k) => entries[Math.min(k, (k % N) * N + Math.floor(k / N))]);
        const { values, vectors } = symmetricEigen(matrix, N);
        for (let i = 0; i < N; i++) {
          if (i > 0) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]);
          for (let row = 0; row < N; row++) {
            let product = 0;
            for (let col = 0; col < N; col++) product += matrix[row * N + col] * vectors[i][col];
            expect(Math.abs(product - values[i] * vectors[i][row])).toBeLessThan(1e-11);
          }
          for (let j = 0; j <= i; j++) {
            const dot = vectors[i].reduce((sum, value, k) => sum + value * vectors[j][k], 0);
            expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-12);
          }
        }
      }),
    );
  });

  it('leaves a diagonal matrix and its argument alone', () => {
    const matrix = [3, 0, 0, 1];
    expect(Array.from(symmetricEigen(matrix, 2).values)).toEqual([1, 3]);
    expect(matrix).toEqual([3, 0, 0, 1]);
  });
});
