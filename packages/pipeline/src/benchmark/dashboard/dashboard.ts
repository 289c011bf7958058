import type { BenchmarkResults } from '../benchmarkResults.js';
import { DECIDING, measureOf, shown } from '../measures.js';
import { clipTable } from '../resultsMarkdown.js';
import { caveats, coverage, measureTable, settingsLine, winsTable } from '../resultsText.js';
import { FLAG_MEANINGS } from '../runFlags.js';
import { verdict } from '../verdict.js';
import { jitterPlot } from './jitterPlot.js';
import { card, cards, htmlList, htmlTable, key, markIcon } from './pageParts.js';
import { PAGE_STYLE } from './pageStyle.js';
import { DESK, PHONE } from './plot.js';
import { outcomePlots, qualityPlots, speedPlots } from './plots.js';
import { escaped } from './svg.js';

/** The results as one HTML page that needs nothing else: no script, no network. */
export function dashboard(results: BenchmarkResults): string {
  const labels = results.estimators.map(({ label }) => label);
  const title = labels.join(' against ');
  const { overall, categories } = results.headToHead;
  const warnings = caveats(results);
  const categoryTables = categories.map(
    (scope) =>
      `<details><summary>${escaped(scope.category ?? '')} <span class="lead">${scope.clips} of ${scope.of}</span></summary>${htmlTable(measureTable(scope, labels))}</details>`,
  );
  const body = [
    `<h1>${escaped(title)}</h1>`,
    `<p class="verdict">${escaped(verdict(results))}</p>`,
    `<p class="lead">${escaped(coverage(overall))} Measured on the decoded outputs. Gimbal ${escaped(results.gimbal)}, ${results.created.slice(0, 10)}.</p>`,
    warnings.length > 0 ? `<div class="warnings">${htmlList(warnings)}</div>` : '',
    `<div class="tiles">${labels.map((label, i) => tile(results, label, i)).join('')}</div>`,
    '<h2>Clip by clip</h2>',
    key(labels),
    card(jitterPlot(results, DESK), jitterPlot(results, PHONE)),
    '<h2>By category</h2>',
    key(labels),
    cards((width) => qualityPlots(results, width)),
    '<h2>Outcome</h2>',
    cards((width) => outcomePlots(results, width)),
    '<h2>Speed</h2>',
    cards((width) => speedPlots(results, width)),
    '<h2>Figures</h2>',
    htmlTable(measureTable(overall, labels)),
    labels.length > 1 ? htmlTable(winsTable(overall, labels)) : '',
    ...categoryTables,
    `<details><summary>All clips</summary>${htmlTable(clipTable(results, labels))}</details>`,
    outputsSection(results, labels),
    failuresSection(results),
    flagsSection(results),
    methodSection(results),
  ];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escaped(title)} – gimbal benchmark</title><style>${PAGE_STYLE}</style></head>`,
    `<body><main>${body.filter((part) => part !== '').join('\n')}</main></body></html>\n`,
  ].join('\n');
}

function tile({ headToHead, failures, runs }: BenchmarkResults, label: string, index: number): string {
  const { measures, wins, clips } = headToHead.overall;
  const median = (name: Parameters<typeof measureOf>[0]) => {
    const { digits, unit } = measureOf(name);
    const value = shown(measures[name].estimators[label]?.median, digits);
    return /\/s|MiB/.test(unit) ? `${value} ${unit}` : value;
  };
  const own = runs.filter((run) => run.estimator === label);
  const rows = [
    ['Jitter, out / in', median('jitterRatio')],
    ['Stability', median('stabilityOut')],
    ['Cropping', median('cropping')],
    ['Distortion', median('distortion')],
    ['Estimation alone', median('pairsPerSecond')],
    ['Whole run', median('framesPerSecond')],
    ...DECIDING.slice(0, 1).map(({ key: name }) => ['Clips won by jitter', `${wins[name].wins[label]} of ${clips}`]),
    ['Flagged runs', `${own.filter(({ flags }) => flags.length > 0).length} of ${own.length}`],
    ['Failed runs', String(failures.filter((run) => run.estimator === label).length)],
  ];
  const list = rows.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('');
  return `<section class="card tile"><h3>${markIcon(index)}${escaped(label)}</h3><div class="big">${median('jitterOut')}</div><div class="note">px of jitter in the output, median clip</div><dl>${list}</dl></section>`;
}

/** Links to the stabilized clips, where they are kept. */
function outputsSection({ runs }: BenchmarkResults, labels: readonly string[]): string {
  const lists = labels.flatMap((label, i) => {
    const links = runs.flatMap(({ estimator, file, output }) => {
      if (estimator !== label || output === undefined) return [];
      const href = output.split('/').map(encodeURIComponent).join('/');
      return [`<li><a href="${href}">${escaped(file)}</a></li>`];
    });
    return links.length === 0 ? [] : [`<h3>${markIcon(i)}${escaped(label)}</h3><ul>${links.join('')}</ul>`];
  });
  return lists.length === 0 ? '' : `<h2>Stabilized clips</h2>${lists.join('')}`;
}

function failuresSection({ failures }: BenchmarkResults): string {
  if (failures.length === 0) return '';
  const rows = failures.map(({ file, estimator, error }) => [file, estimator, error.code, error.message]);
  return `<h2>Failed runs</h2>${htmlTable({ head: ['clip', 'estimator', 'code', 'message'], rows }, true)}`;
}

function flagsSection({ runs }: BenchmarkResults): string {
  const flagged = runs.filter(({ flags }) => flags.length > 0);
  if (flagged.length === 0) return '';
  const rows = flagged.map(({ file, estimator, flags, remarks }) => [
    file,
    estimator,
    `${flags.map((flag) => `${flag}: ${FLAG_MEANINGS[flag]}.`).join(' ')} ${remarks.join(' ')}`,
  ]);
  return `<h2>Flagged runs</h2>${htmlTable({ head: ['clip', 'estimator', 'what'], rows }, true)}`;
}

function methodSection({ settings, estimators, machines }: BenchmarkResults): string {
  const margins = DECIDING.map(({ label, margin = { share: 0, amount: 0 } }) => {
    const share = margin.share > 0 ? `${100 * margin.share} % and ` : '';
    return `${label.toLowerCase()} ${share}${margin.amount}`;
  });
  const notes = [
    'Every estimator stabilized every clip into a real file with the same smoother, crop budget and encoder; each run in a process of its own, clip by clip.',
    'The file was decoded and measured by a referee that does not know who made it, over all frames, as gimbal evaluate does. Jitter: change of the corners’ displacement from frame to frame, median over frames, px at 640 width. Stability: share of slow motion, path-min. Cropping: share of width and height left. Distortion: eigenvalue ratio, 5th percentile over frames.',
    'Medians are over the clips that every estimator finished.',
    `A clip is won when the best run is ahead of the next by more than: ${margins.join('; ')}.`,
    'Estimation alone is timed over frames that are decoded and in memory, after one pair that is not timed; the whole run from opening the input to the complete output, with the making of the estimator.',
    `The same for all: ${settingsLine(settings)}.`,
    ...estimators.map(({ label, reference, version, options }) => {
      const set = Object.keys(options).length === 0 ? '' : `, options ${JSON.stringify(options)}`;
      return `${label}: version ${version}, given as ${reference}${set}.`;
    }),
    ...machines.map((machine) => `Machine: ${machine}.`),
  ];
  return `<h2>Method</h2>${htmlList(notes)}`;
}
