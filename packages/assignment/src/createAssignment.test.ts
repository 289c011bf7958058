import { GimbalError } from '@gimbal/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addonInfo } from './addon.js';
import { certifiedBound } from './certifiedBound.js';
import { createAssignment } from './createAssignment.js';

/** The least cost of any assignment, by trying them all. */
function leastCost(costs: Int32Array, rows: number, columns: number, capacity: number): number {
  const left = new Array<number>(columns).fill(capacity);
  const from = (row: number): number => {
    if (row === rows) return 0;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < columns; j++) {
      if (left[j] === 0) continue;
      left[j]--;
      least = Math.min(least, costs[row * columns + j] + from(row + 1));
      left[j]++;
    }
    return least;
  };
  return from(0);
}

const problem = fc
  .record({
    rows: fc.integer({ min: 1, max: 5 }),
    more: fc.integer({ min: 0, max: 2 }),
    capacity: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ rows, more, capacity }) => {
    const columns = Math.ceil(rows / capacity) + more;
    const cost = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -1_000_000, max: 1_000_000_000 }));
    const matrix = fc.array(cost, { minLength: rows * columns, maxLength: rows * columns });
    return fc.record({
      rows: fc.constant(rows),
      columns: fc.constant(columns),
      capacity: fc.constant(capacity),
      first: matrix.map((numbers) => Int32Array.from(numbers)),
      second: matrix.map((numbers) => Int32Array.from(numbers)),
    });
  });

describe('createAssignment', () => {
  it('finds the least cost, from scratch and from where it was, and its prices prove it', async () => {
    await fc.assert(
      fc.asyncProperty(problem, async ({ rows, columns, capacity, first, second }) => {
        const assignment = createAssignment({ rows, columns, capacity });
        for (const costs of [first, second, first]) {
          const answer = await assignment.solve(costs, { gap: 0, prices: true });
          const least = leastCost(costs, rows, columns, capacity);
          expect(answer).toMatchObject({ cost: least, bound: least, gap: 0, optimal: true, exhausted: false });
          expect(certifiedBound(costs, answer.prices as Float64Array, capacity)).toBe(least);
          const paid = answer.columns.reduce((sum, column, row) => sum + costs[row * columns + column], 0);
          expect(paid).toBe(least);
          const used = [...answer.columns].map((column) => answer.columns.filter((other) => other === column).length);
          expect(Math.max(...used)).toBeLessThanOrEqual(capacity);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('changes nothing but the cost when a number is added to a row', async () => {
    const costs = Int32Array.from({ length: 6 * 9 }, (_, k) => (k * 7919) % 101);
    const raised = costs.map((cost, k) => (Math.floor(k / 9) === 2 ? cost + 1000 : cost));
    const plain = await createAssignment({ rows: 6, columns: 9 }).solve(costs, { gap: 0 });
    const other = await createAssignment({ rows: 6, columns: 9 }).solve(raised, { gap: 0 });
    expect(other.cost).toBe(plain.cost + 1000);
    expect(other.columns).toEqual(plain.columns);
  });

  it('keeps the gap that it was asked for, and says it', async () => {
    const costs = Int32Array.from({ length: 120 * 700 }, (_, k) => 1_000_000 + ((k * 48271) % 99_991) * 10);
    const answer = await createAssignment({ rows: 120, columns: 700 }).solve(costs, { gap: 0.02, prices: true });
    expect(answer.gap).toBeLessThanOrEqual(0.02);
    expect(answer.bound).toBe(certifiedBound(costs, answer.prices as Float64Array));
  });

  it('takes the points of rows and columns as their squared distances', async () => {
    const dimensions = 3;
    const columnPoints = { data: Int16Array.from({ length: 20 * 3 }, (_, k) => (k * 37) % 200), dimensions };
    const points = Int16Array.from({ length: 8 * 3 }, (_, k) => (k * 53) % 200);
    const matrix = Int32Array.from({ length: 8 * 20 }, (_, k) => {
      const at = (d: number): number => points[Math.floor(k / 20) * 3 + d] - columnPoints.data[(k % 20) * 3 + d];
      return at(0) ** 2 + at(1) ** 2 + at(2) ** 2;
    });
    const byPoints = await createAssignment({ rows: 8, columns: 20, columnPoints }).solve(points, { gap: 0 });
    const byMatrix = await createAssignment({ rows: 8, columns: 20 }).solve(matrix, { gap: 0 });
    expect(byPoints.columns).toEqual(byMatrix.columns);
    expect(byPoints.cost).toBe(byMatrix.cost);
  });

  it('lets a row stay unless another column is better by more than the penalty', async () => {
    const assignment = createAssignment({ rows: 1, columns: 3 });
    const stay = { columns: Int32Array.of(2), penalties: Int32Array.of(10) };
    const near = await assignment.solve(Int32Array.of(5, 40, 15), { gap: 0, stay });
    expect([...near.columns, near.cost, near.penalties]).toEqual([2, 15, 0]);
    const far = await assignment.solve(Int32Array.of(5, 40, 16), { gap: 0, stay });
    expect([...far.columns, far.cost, far.penalties]).toEqual([0, 15, 10]);
  });

  it('answers calls in turn', async () => {
    const assignment = createAssignment({ rows: 2, columns: 2 });
    const answers = await Promise.all([
      assignment.solve(Int32Array.of(0, 9, 9, 0), { gap: 0 }),
      assignment.solve(Int32Array.of(9, 0, 0, 9), { gap: 0 }),
    ]);
    expect(answers.map(({ columns }) => [...columns])).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  it('ends on abort, and goes on from where it was', async () => {
    const rows = 1500;
    const columns = 1500;
    const costs = Int32Array.from(
      { length: rows * columns },
      (_, k) => (Math.floor(k / columns) + 1) * ((k % columns) + 1),
    );
    const assignment = createAssignment({ rows, columns, threads: 1 });
    const controller = new AbortController();
    const pending = assignment.solve(costs, { gap: 0, signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    await expect(pending).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
    const bounded = await assignment.solve(costs, { gap: 0, mostRounds: 20 });
    expect(bounded).toMatchObject({ exhausted: true, optimal: false });
    expect(new Set(bounded.columns).size).toBe(rows);
    expect(bounded.bound).toBeLessThanOrEqual(bounded.cost);
  });

  it('gives the same answers on a CUDA device, where there is one', async ({ skip }) => {
    if (addonInfo().cudaReport.unavailable !== '') skip(addonInfo().cudaReport.unavailable);
    const costs = Int32Array.from({ length: 300 * 900 }, (_, k) => (k * 48271) % 99_991);
    const [host, device] = [
      createAssignment({ rows: 300, columns: 900 }),
      createAssignment({ rows: 300, columns: 900, device: 'cuda' }),
    ];
    expect(device.device).toMatch(/^cuda:\d+$/);
    for (const gap of [0.001, 0])
      expect((await device.solve(costs, { gap })).columns).toEqual((await host.solve(costs, { gap })).columns);
  });

  it('says why a device that was named cannot be used', ({ skip }) => {
    if (addonInfo().cudaReport.unavailable === '') skip('there is one');
    expect(() => createAssignment({ rows: 1, columns: 1, device: 'cuda' })).toThrow(/cannot be used/);
    expect(createAssignment({ rows: 1, columns: 1, device: 'auto' }).device).toBe('cpu');
  });

  it('says what is wrong with its arguments, and which number would help', async () => {
    expect(() => createAssignment({ rows: 7, columns: 3, capacity: 2 })).toThrow(/a capacity of 3 would, or 4 columns/);
    expect(() => createAssignment({ rows: 0, columns: 3 })).toThrow(GimbalError);
    const points = { data: new Int16Array(5), dimensions: 2 };
    expect(() => createAssignment({ rows: 1, columns: 3, columnPoints: points })).toThrow(
      /3 × 2 numbers, received 5 numbers/,
    );
    const assignment = createAssignment({ rows: 2, columns: 3 });
    expect(() => assignment.solve(new Int32Array(5))).toThrow(/2 × 3 whole numbers, received 5/);
    expect(() => assignment.solve(new Int16Array(6))).toThrow(/columnPoints/);
    expect(() => assignment.solve(new Float64Array(6) as never)).toThrow(/Float64Array/);
    expect(() => assignment.solve(new Int32Array(6), { gap: 1 })).toThrow(/gap/);
    const stay = { columns: Int32Array.of(0, 3), penalties: new Int32Array(2) };
    expect(() => assignment.solve(new Int32Array(6), { stay })).toThrow(/below 3/);
    const far = createAssignment({ rows: 1, columns: 1, columnPoints: { data: Int16Array.of(0), dimensions: 1 } });
    await expect(far.solve(Int16Array.of(20_000))).rejects.toMatchObject({ code: 'GIMBAL_E_INVALID_ARGUMENT' });
  });
});
