import { expect, it } from 'vitest';
import { joinResults, type MaceResults, type MeasuredRow } from './maceResults.js';
import { maceTable } from './maceTable.js';
import { maceVerdicts } from './maceVerdicts.js';

const row = (mean: number): MeasuredRow => ({
  environment: {
    date: '',
    commit: '',
    modified: false,
    cpu: '',
    cores: 1,
    memoryGiB: 1,
    system: '',
    node: '',
    ffmpeg: undefined,
    command: '',
  },
  figures: { 'clean-32': { pairs: 2, mean, median: mean, p95: mean, over1: 0.5, over3: 0, unanswered: 1 } },
});
const results = (digest: string, rows: Record<string, MeasuredRow>): MaceResults => ({
  bins: { 'clean-32': { pairs: 2, digest } },
  rows,
});

it('joins rows that saw the same pixels, and no others', () => {
  const kept = results('a', { sift: row(1) });
  expect(Object.keys(joinResults(kept, results('a', { ihn: row(2) })).rows)).toEqual(['sift', 'ihn']);
  expect(Object.keys(joinResults(kept, results('b', { ihn: row(2) })).rows)).toEqual(['ihn']);
});

it('prints a table', () => {
  expect(maceTable(results('a', { sift: row(1) })).split('\n')[2]).toBe(
    '| clean-32 | sift |     2 | 1.000 |  1.000 | 1.000 | 50.0 % |  0.0 % |         1 |',
  );
});

it('judges what our estimator answers, beside the last steps of other networks', () => {
  expect(maceVerdicts(results('a', { sift: row(1) }))).toEqual([]);
  const verdicts = maceVerdicts(results('a', { ihn: row(0.05), reference: row(0.7), regression: row(2) }));
  expect(verdicts.map(({ measured, reached }) => [measured, reached])).toEqual([
    ['0.0500', true],
    ['0.0500', false],
    ['14.0', true],
    ['40.0', false],
  ]);
  const steps = { reference: row(9), 'reference@9': row(0.1), 'reference@10': row(0.7) };
  const [own, , ratio] = maceVerdicts(results('a', { ihn: row(0.05), 'ihn@10': row(9), ...steps }));
  expect([own.measured, ratio.measured]).toEqual(['0.0500', '14.0']);
});
