import { describe, expect, it } from 'vitest';
import { headToHead, winnerOf } from './headToHead.js';
import { measureOf } from './measures.js';
import { failedRun, finishedRun } from './testRuns.js';

const labels = ['a', 'b'];
const jitter = (file: string, a: number, b: number) => [
  finishedRun(file, 'a', { jitterOut: a }),
  finishedRun(file, 'b', { jitterOut: b }),
];

describe('headToHead', () => {
  it('is over the clips that every estimator finished, and names the others', () => {
    const { overall, categories, leftOut } = headToHead(
      [
        ...jitter('X/1', 0.2, 0.4),
        ...jitter('X/2', 0.4, 0.6),
        finishedRun('Y/3', 'a', { jitterOut: 0.001 }),
        failedRun('Y/3', 'b', 'GIMBAL_E_PLUGIN_FAILED', 'no'),
      ],
      labels,
    );
    expect(overall).toMatchObject({ category: null, clips: 2, of: 3 });
    expect(overall.measures.jitterOut.estimators.a).toMatchObject({ count: 2, median: expect.closeTo(0.3) });
    expect(overall.measures.jitterOut.estimators.b).toMatchObject({ count: 2, median: 0.5 });
    expect(overall.jitterToFirst).toMatchObject({ a: { median: 1 }, b: { median: expect.closeTo(1.75) } });
    expect(categories.map(({ category, clips, of }) => [category, clips, of])).toEqual([
      ['X', 2, 2],
      ['Y', 0, 1],
    ]);
    expect(categories[1].measures.jitterOut.estimators).toEqual({ a: null, b: null });
    expect(leftOut).toEqual([{ file: 'Y/3', failed: ['b'] }]);
  });

  it('takes no median over clips of which one estimator has no figure', () => {
    const { measures } = headToHead(
      [
        ...jitter('X/1', 0.2, 0.4),
        finishedRun('X/2', 'a', { stabilityOut: 0.1 }),
        finishedRun('X/2', 'b', { stabilityOut: null }),
      ],
      labels,
    ).overall;
    expect(measures.stabilityOut.clips).toBe(1);
    expect(measures.stabilityOut.estimators.a?.median).toBe(0.95);
    expect(measures.cropping.clips).toBe(2);
  });

  it('counts wins, draws and clips that nobody can win', () => {
    const collapsed = { flags: ['collapsed crop'] as const };
    const { wins } = headToHead(
      [
        ...jitter('X/1', 0.2, 0.4),
        ...jitter('X/2', 0.5, 0.4),
        ...jitter('X/3', 0.4, 0.404),
        finishedRun('X/4', 'a', { jitterOut: 0.01 }, collapsed),
        finishedRun('X/4', 'b', { jitterOut: 0.9 }),
        finishedRun('X/5', 'a', {}, collapsed),
        finishedRun('X/5', 'b', {}, collapsed),
        finishedRun('X/6', 'a', { jitterOut: null }),
        finishedRun('X/6', 'b'),
      ],
      labels,
    ).overall;
    expect(wins.jitterOut).toEqual({ wins: { a: 1, b: 2 }, draws: 1, none: 2 });
  });
});

describe('winnerOf', () => {
  it('needs somebody to win against', () => {
    expect(winnerOf(measureOf('cropping'), [finishedRun('X/1', 'a')])).toBeUndefined();
  });

  it('knows which way is better', () => {
    const runs = [finishedRun('X/1', 'a', { cropping: 0.8 }), finishedRun('X/1', 'b', { cropping: 0.9 })];
    expect(winnerOf(measureOf('cropping'), runs)).toBe(runs[1]);
    expect(winnerOf(measureOf('distortion'), runs)).toBe('draw');
  });
});
