import { expect, it } from 'vitest';
import { dashboard } from './dashboard/dashboard.js';
import { resultsMarkdown } from './resultsMarkdown.js';
import { failedRun, finishedRun, resultsOf } from './testRuns.js';
import { verdict } from './verdict.js';

const won = [
  ...['one', 'two', 'three'].flatMap((file, i) => [
    finishedRun(`X/${file}.mp4`, 'a', { jitterOut: 0.1 + 0.1 * i }),
    finishedRun(`X/${file}.mp4`, 'b', { jitterOut: i === 2 ? 0.1 : 0.4 }),
  ]),
];

it.each([
  ['a winner', won, 'a leaves the least jitter: it wins 2 of 3 clips (median jitter a 0.200, b 0.400 px).'],
  [
    'a winner and a failure',
    [...won, finishedRun('X/four.mp4', 'a'), failedRun('X/four.mp4', 'b', 'UNEXPECTED', 'gone')],
    'a leaves the least jitter: it wins 2 of 3 clips (median jitter a 0.200, b 0.400 px); 1 run failed.',
  ],
  [
    'as many clips for both',
    [won[0], won[1], won[4], won[5]],
    'No estimator is ahead: a and b win 1 each of 2 clips by jitter (median jitter a 0.200, b 0.250 px).',
  ],
  [
    'the same figures',
    [finishedRun('X/1', 'a', { jitterOut: 0.2 }), finishedRun('X/1', 'b', { jitterOut: 0.2 })],
    'No estimator is ahead: nobody wins a clip by jitter (median jitter a 0.200, b 0.200 px).',
  ],
  [
    'one estimator',
    [finishedRun('X/1', 'a', { jitterIn: 1, jitterOut: 0.25, cropping: 0.85 })],
    'a takes the jitter of the median clip from 1.000 to 0.250 px and keeps 85.0 % of width and height, over 1 clip.',
  ],
  ['one estimator that failed', [failedRun('X/1', 'a', 'UNEXPECTED', 'gone')], 'a finished none of 1 clip.'],
  [
    'no clip that all finished',
    [finishedRun('X/1', 'a'), failedRun('X/1', 'b', 'UNEXPECTED', 'gone')],
    'No clip was finished by every estimator, so there is nothing to compare.',
  ],
])('with %s it is one sentence, with which the reports begin', (_, runs, sentence) => {
  const results = resultsOf(runs);
  expect(verdict(results)).toBe(sentence);
  expect(dashboard(results)).toMatch(/<\/h1>\s*<p class="verdict">/);
  expect(dashboard(results).split('class="verdict">')[1].split('</p>')[0]).toBe(sentence);
  expect(resultsMarkdown(results).split('\n\n')[1]).toBe(sentence);
});

it('outputs that were kept are linked from the dashboard, whatever they are called', () => {
  const [run] = [finishedRun('X/on e#1.mp4', 'a')];
  const page = dashboard(resultsOf([{ ...run, output: 'outputs/on e#1".mkv' }]));
  expect(page).toContain('<a href="outputs/on%20e%231%22.mkv">X/on e#1.mp4</a>');
  expect(dashboard(resultsOf([run]))).not.toContain('<a ');
});
