import { motionField } from '@gimbal/core';
import { frameCorners, homographyFromCorners } from '@gimbal/core/geometry';
import { describe, expect, it } from 'vitest';
import { classicalRow, estimatorRow } from './estimatorRow.js';
import { cornerDistance } from './maceFigures.js';
import type { Pair } from './pairList.js';
import { renderBin } from './renderBin.js';
import { testPhotos } from './testPhotos.js';

const pair: Pair = { bin: 'clean-8', photo: 1, x: 90, y: 50, offsets: [3, -2, 5, 1, -4, 2, 0, 6], seed: 0 };
const bin = renderBin('clean-8', [pair], testPhotos);

describe('estimators as rows', () => {
  for (const zoom of [1, 2]) {
    it(`the classical estimator answers in pixels of the patch, enlarged ${zoom} times`, async () => {
      const row = await classicalRow('c', zoom);
      const [answer] = (await row.answer(bin)).get('c') ?? [];
      expect(answer && cornerDistance(pair, answer)).toBeLessThan(0.2);
      await row.dispose?.();
    });
  }

  it('give a line for each step that they trace, and none of theirs counts as an answer without evidence', async () => {
    const size = { width: 128, height: 128 };
    const corners = frameCorners(size);
    const shifted = homographyFromCorners(
      corners,
      corners.map((value) => value + 1),
    );
    const traced = (weak: boolean) => {
      const field = motionField({ size, homographies: shifted, model: weak ? 'identity' : 'homography' });
      const estimate = async () => field;
      const trace = async () => ({ field, corners: [Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)] });
      return { name: 'traced', memory: ['host'] as const, estimate, trace };
    };
    const lines = await estimatorRow('t', traced(false)).answer(bin);
    expect([...lines.keys()]).toEqual(['t', 't@1']);
    expect(cornerDistance({ ...pair, offsets: new Array(8).fill(1) }, lines.get('t')?.[0] ?? [])).toBeCloseTo(0, 9);
    expect([...Array.from(lines.get('t@1')?.[0] ?? [])]).toEqual([1, 2, 3, 4, 7, 8, 5, 6]);
    expect([...(await estimatorRow('t', traced(false), { steps: false }).answer(bin)).keys()]).toEqual(['t']);
    expect((await estimatorRow('t', traced(true)).answer(bin)).get('t')).toEqual([undefined]);
  });
});
