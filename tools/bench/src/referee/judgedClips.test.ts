import { expect, it } from 'vitest';
import { type JudgedClip, ratioOf, summaries } from './judgedClips.js';

const none = { evaluate: 0, sift: 0, flow: 0 };
function clip(name: string, base: number | null, other: number | null): JudgedClip {
  const output = (estimator: string, flow: number | null) => ({
    estimator,
    jitter: { evaluate: null, sift: null, flow },
    lost: none,
  });
  return { clip: name, pairs: 10, outputs: [output('a', base), ...(other === null ? [] : [output('b', other)])] };
}

it('puts an estimator in proportion to another', () => {
  expect(ratioOf(clip('x', 0.4, 0.3), 'b', 'a', 'flow')).toBeCloseTo(0.75, 12);
  expect(ratioOf(clip('x', 0.4, 0.3), 'b', 'a', 'sift')).toBeNull();
  expect(ratioOf(clip('x', 0.4, null), 'b', 'a', 'flow')).toBeNull();
  expect(ratioOf(clip('x', 0, 0.1), 'b', 'a', 'flow')).toBeNull();
});

it('sums up what was measured for both, and nobody wins by less than the margin', () => {
  const clips = [
    clip('won', 0.8, 0.4),
    clip('lost', 0.2, 0.4),
    clip('within 2 %', 1, 1.015),
    clip('within 0.005 px', 0.1, 0.104),
    clip('failed', 0.3, null),
    clip('not measured', null, 0.3),
  ];
  const [flow, ...more] = summaries(clips, ['a', 'b']);
  expect(more).toEqual([]);
  expect(flow).toMatchObject({ referee: 'flow', estimator: 'b', clips: 4, wins: 1, losses: 1 });
  expect(flow.median).toBeCloseTo((1.015 + 1.04) / 2, 12);
  expect(flow.mean).toBeCloseTo((1.015 * 1.04) ** 0.25, 12);
});
