import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBandedMatrix, factorizeBanded, solveBanded } from './bandedCholesky.js';

describe('factorizeBanded and solveBanded', () => {
  it('solve what multiplying out gives', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 7 }),
        fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
        async (size, halfBandwidth, numbers) => {
          const next = (): number => numbers.next().value;
          const matrix = createBandedMatrix(size, halfBandwidth);
          const dense = Array.from({ length: size }, () => new Float64Array(size));
          for (let i = 0; i < size; i++) {
            for (let j = Math.max(0, i - halfBandwidth); j <= i; j++) {
              const value = i === j ? 2 * halfBandwidth + 1 + next() ** 2 : next();
              dense[i][j] = dense[j][i] = value;
              matrix.entries[i * (halfBandwidth + 1) + halfBandwidth + j - i] = value;
            }
          }
          const x = Float64Array.from({ length: size }, next);
          const b = Float64Array.from(dense, (row) => row.reduce((sum, value, k) => sum + value * x[k], 0));
          factorizeBanded(matrix);
          solveBanded(matrix, b);
          b.forEach((value, k) => {
            expect(value).toBeCloseTo(x[k], 10);
          });
        },
      ),
    ));

  it('leaves an unknown without evidence at zero', async () => {
    const matrix = createBandedMatrix(2, 1);
    matrix.entries.set([0, 4, 0, 0]);
    const b = Float64Array.of(8, 0);
    factorizeBanded(matrix);
    solveBanded(matrix, b);
    expect(Array.from(b)).toEqual([2, 0]);
  });
});
