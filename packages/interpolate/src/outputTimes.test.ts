import { describe, expect, it } from 'vitest';
import { gridTimes, partTimes } from './outputTimes.js';

describe('gridTimes', () => {
  it('is on the tick after two hours of 24000/1001 → 60000/1001, and as long as the clip', () => {
    const grid = gridTimes({ num: 60000, den: 1001 }, 1);
    const count = 2 * 3600 * 24;
    const at = (i: number) => (i * 1001) / 24000;
    let k = 0;
    let worst = 0;
    const take = (moments: readonly { readonly time: number; readonly source: number }[]) => {
      for (const { time, source } of moments) {
        worst = Math.max(worst, Math.abs(time * 60000 - 1001 * k++), Math.abs(time - source));
      }
    };
    for (let i = 1; i < count; i++) take(grid.between(at(i - 1), at(i)));
    take(grid.atEnd(at(count - 1), 1001 / 24000));
    expect(worst).toBeLessThan(1e-3);
    expect(k).toBe(count * 2.5);
  });

  it('begins where the clip begins, and takes longer when slow', () => {
    const grid = gridTimes({ num: 25, den: 1 }, 2);
    const moments = [...grid.between(10, 10.04), ...grid.atEnd(10.04, 0.04)];
    expect(moments.map(({ source }) => Number(source.toFixed(6)))).toEqual([10, 10.02, 10.04, 10.06]);
    expect(moments.map(({ time }) => Number(time.toFixed(6)))).toEqual([20, 20.04, 20.08, 20.12]);
  });
});

describe('partTimes', () => {
  it('has every frame of the source, and as many between', () => {
    const parts = partTimes(3, 1);
    expect(parts.between(0, 0.3).map(({ source }) => Number(source.toFixed(6)))).toEqual([0, 0.1, 0.2]);
    expect(parts.atEnd(0.3, 0.3)).toEqual([{ time: 0.3, source: 0.3 }]);
  });
});
