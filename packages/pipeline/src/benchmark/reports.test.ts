import { describe, expect, it } from 'vitest';
import { dashboard } from './dashboard/dashboard.js';
import { sheets } from './dashboard/sheets.js';
import { resultsCsv } from './resultsCsv.js';
import { resultsMarkdown } from './resultsMarkdown.js';
import { failedRun, finishedRun, resultsOf } from './testRuns.js';

const odd = 'Odd "names", <b>|/clip & co.mp4';
const runs = [
  finishedRun('Walk/one.mp4', 'a', { jitterOut: 0.111 }),
  finishedRun('Walk/one.mp4', 'b', { jitterOut: 0.222, cropping: 0.4 }, { flags: ['collapsed crop'] }),
  finishedRun(odd, 'a', { stabilityOut: null, pairsPerSecond: null }),
  failedRun(odd, 'b', 'GIMBAL_E_PLUGIN_FAILED', 'It said "no",\nthen <nothing>.'),
];
const results = resultsOf(runs);

describe('the CSV', () => {
  it('has a line for each run, failed ones too, and quotes what needs it', () => {
    const lines = resultsCsv(results).split('\r\n');
    const columns = lines[0].split(',');
    expect(lines[1].split(',')[columns.indexOf('jitterOut')]).toBe('0.111');
    expect(lines[2]).toMatch(/^Walk,Walk\/one\.mp4,b,finished,.*,collapsed crop,,$/);
    expect(lines[3]).toContain('"Odd ""names"", <b>|/clip & co.mp4",a,finished,100,');
    expect(lines.slice(4).join('\r\n')).toContain(',failed,');
    expect(resultsCsv(results)).toContain('GIMBAL_E_PLUGIN_FAILED,"It said ""no"",\nthen <nothing>."');
  });
});

describe('the Markdown', () => {
  const text = resultsMarkdown(results);

  it('says over which clips it is, what failed and what is flagged', () => {
    expect(text).toContain('1 of 2 clips: those that every estimator finished.');
    expect(text).toContain('1 of 4 runs failed; they are listed and count in no median.');
    expect(text).toContain('| Odd "names", &lt;b>\\|/clip & co.mp4 | b | GIMBAL_E_PLUGIN_FAILED | It said "no", then');
    expect(text).toContain('| Walk/one.mp4 | b | collapsed crop |');
    expect(text).toContain('No clip was finished by every estimator.');
  });

  it('has the medians', () => {
    expect(text).toContain('| Jitter, px at 640 (lower) | 1.000 | 0.111 | 0.222 |');
    expect(text).toContain('| jitter (lower) | 1 | 0 | 0 | 0 |');
  });

  it('has tables whose rows are as long as their headings', () => {
    const widths = text.split('\n\n').map((block) => block.split('\n').filter((line) => line.startsWith('|')));
    for (const rows of widths) {
      const cells = rows.map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(cells).size).toBeLessThan(2);
    }
  });
});

describe('the dashboard', () => {
  const page = dashboard(results);

  it('needs nothing from elsewhere and runs no script', () => {
    expect(page).not.toMatch(/https?:|<script|<link|<img|@import|url\(/);
  });

  it('takes names as text', () => {
    expect(page).not.toContain('<b>');
    expect(page).toContain('&lt;b&gt;');
  });

  it('shows every run, and none where there is none', () => {
    expect(page).toContain('Walk/one.mp4, a: 0.111 px, cropping 0.850');
    expect(page).toContain('Walk/one.mp4, b: 0.222 px, cropping 0.400; collapsed crop');
    expect(page).toContain('failed: b');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it.each([
    ['one estimator', [runs[0]]],
    ['failures only', [failedRun('X/1', 'a', 'UNEXPECTED', 'gone')]],
    ['no figure at all', [finishedRun('X/1', 'a', { jitterIn: null, jitterOut: null, jitterRatio: null })]],
    ['eight estimators', Array.from({ length: 8 }, (_, i) => finishedRun('X/1', `e${i}`))],
    ['no motion', [finishedRun('X/1', 'a', { jitterIn: 0, jitterOut: 0, jitterRatio: null })]],
  ])('is drawn with %s', (_, some) => {
    const drawn = [dashboard(resultsOf(some)), ...sheets(resultsOf(some)).map(({ svg }) => svg)];
    for (const text of drawn) expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });
});
