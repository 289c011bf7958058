import { applyHomography } from '@gimbal/core/geometry';
import { cornerJitter } from '@gimbal/metrics';
import { describe, expect, it } from 'vitest';
import { commonSteps, parseJudgedMotion } from './judgedMotion.js';

const shift = (x: number, y: number) => `1.0 0.0 ${x} 0.0 1.0 ${y} 0.0 0.0 1.0 0.9`;
const text = (...lines: string[]) => `${lines.join('\n')}\n`;

describe('parseJudgedMotion', () => {
  it('gives each judge a step a pair, in pixels at 640 wide', () => {
    const { size, steps } = parseJudgedMotion(
      text('size 320 180', `sift ${shift(1, -2)}`, `flow ${shift(0.5, 0)}`, 'sift none 0.1', `flow ${shift(0, 0)}`),
    );
    expect(size).toEqual({ width: 640, height: 360 });
    expect(steps.sift[1]).toBe('lost');
    const [x, y] = applyHomography(steps.sift[0] as Float64Array, 10, 20);
    expect([x, y]).toEqual([expect.closeTo(12, 9), expect.closeTo(16, 9)]);
    expect(applyHomography(steps.flow[0] as Float64Array, 0, 0)[0]).toBeCloseTo(1, 9);
  });

  it.each([
    ['nothing', ''],
    ['no size', text(`sift ${shift(0, 0)}`)],
    ['half a pair', text('size 640 360', `sift ${shift(0, 0)}`)],
    ['too few numbers', text('size 640 360', 'sift 1 0 0 0 1 0.9', 'flow none 0')],
    ['what is no number', text('size 640 360', `sift ${shift(Number.NaN, 0)}`, 'flow none 0')],
    ['an unknown judge', text('size 640 360', `orb ${shift(0, 0)}`)],
  ])('refuses %s', (_, broken) => {
    expect(() => parseJudgedMotion(broken)).toThrow();
  });
});

describe('commonSteps', () => {
  const step = (x: number) => Float64Array.of(1, 0, x, 0, 1, 0, 0, 0, 1);

  it('leaves out everywhere what is lost in one clip', () => {
    const [a, b] = commonSteps([
      [step(0), step(9), step(0), step(0)],
      [step(0), 'lost', step(1), step(3)],
    ]);
    expect(a).toEqual([step(0), 'lost', step(0), step(0)]);
    // The shake of 9 px falls into a moment that the other clip has no figure for.
    expect(cornerJitter(a, { width: 640, height: 360 })).toMatchObject({ median: 0 });
    expect(cornerJitter(b, { width: 640, height: 360 })).toMatchObject({ median: expect.closeTo(Math.SQRT2, 9) });
  });

  it('refuses clips of different lengths', () => {
    expect(() => commonSteps([[step(0)], []])).toThrow(/1, 0/);
  });
});
