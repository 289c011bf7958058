import { expect, test } from 'vitest';
import { draw } from '../../test/scene.js';
import { toneCurve } from './toneCurve.js';

const levels = Float32Array.from({ length: 3000 }, (_, i) => 100 + 80 * draw(i));
const exposed = (level: number) => 255 * (0.8 * (level / 255) ** 1.3 + 0.05);

test('another exposure is found, whatever strays', () => {
  const to = levels.map((level, i) => (i % 10 === 0 ? 255 : exposed(level) + 2 * draw(-i)));
  const curve = toneCurve(levels, to);
  for (const level of [30, 60, 100, 140, 170])
    expect(Math.abs((curve?.at(level) ?? 0) - exposed(level))).toBeLessThan(1.5);
  expect(curve?.slope(100)).toBeCloseTo(exposed(100.5) - exposed(99.5), 1);
});

test('beyond the levels that were seen it stays as it is at their end', () => {
  const curve = toneCurve(levels, levels.map(exposed));
  expect(curve?.at(250)).toBe(curve?.at(200));
});

test('one level alone tells nothing', () => {
  expect(toneCurve(new Float32Array(100).fill(9), new Float32Array(100).fill(80))).toBeUndefined();
});
