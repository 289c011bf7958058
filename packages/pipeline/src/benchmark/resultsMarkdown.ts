import type { BenchmarkResults } from './benchmarkResults.js';
import type { Scope } from './headToHead.js';
import { shown } from './measures.js';
import { caveats, coverage, measureTable, type ReportTable, settingsLine, winsTable } from './resultsText.js';
import { FLAG_MEANINGS, type RunFlag } from './runFlags.js';
import { verdict } from './verdict.js';

/** The whole report as Markdown: over all clips, by category, clip by clip, with what failed and what is flagged. */
export function resultsMarkdown(results: BenchmarkResults): string {
  const { headToHead, estimators, gimbal, created, machines, settings } = results;
  const labels = estimators.map(({ label }) => label);
  const sections = [
    `# ${labels.join(' against ')}`,
    text(verdict(results)),
    `${coverage(headToHead.overall)} Medians, quartiles in brackets, measured on the decoded outputs by \`gimbal evaluate\`.`,
    list(caveats(results)),
    '## All clips',
    scopeTables(headToHead.overall, labels),
    '## By category',
    ...headToHead.categories.map((scope) =>
      [`### ${text(scope.category ?? '')}`, coverage(scope), scopeTables(scope, labels)].join('\n\n'),
    ),
    failures(results),
    flagged(results),
    '## Clip by clip',
    table(clipTable(results, labels)),
    '## Made with',
    list([
      `Gimbal ${gimbal}, ${created.slice(0, 10)}`,
      ...estimators.map(({ label, reference, version, options }) => {
        const set = Object.keys(options).length === 0 ? '' : `, options \`${JSON.stringify(options)}\``;
        return `${text(label)} ${version} (\`${reference}\`)${set}`;
      }),
      `the same for all: ${settingsLine(settings)}`,
      ...machines,
    ]),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function scopeTables(scope: Scope, labels: readonly string[]): string {
  if (scope.clips === 0) return 'No clip was finished by every estimator.';
  return [measureTable(scope, labels), ...(labels.length > 1 ? [winsTable(scope, labels)] : [])]
    .map(table)
    .join('\n\n');
}

function failures({ failures: failed }: BenchmarkResults): string {
  if (failed.length === 0) return '';
  const rows = failed.map(({ file, estimator, error }) => [file, estimator, error.code, error.message]);
  return `## Failed runs\n\n${table({ head: ['clip', 'estimator', 'code', 'message'], rows })}`;
}

function flagged({ runs }: BenchmarkResults): string {
  const marked = runs.filter(({ flags }) => flags.length > 0);
  if (marked.length === 0) return '';
  const used = [...new Set(marked.flatMap(({ flags }) => flags))] as RunFlag[];
  const rows = marked.map(({ file, estimator, flags, remarks }) => [
    file,
    estimator,
    flags.join(', '),
    remarks.join(' '),
  ]);
  const meanings = list(used.map((flag) => `${flag}: ${FLAG_MEANINGS[flag]}`));
  return `## Flagged runs\n\n${meanings}\n\n${table({ head: ['clip', 'estimator', 'flags', 'remarks'], rows })}`;
}

/** One row a clip: jitter before and after, cropping, for each estimator. */
export function clipTable({ runs, failures: failed }: BenchmarkResults, labels: readonly string[]): ReportTable {
  const files = [...new Set([...runs, ...failed].map(({ file }) => file))].sort();
  const rows = files.map((file) => {
    const own = runs.filter((run) => run.file === file);
    const cell = (label: string, digits: number, pick: 'jitterOut' | 'cropping') => {
      const run = own.find(({ estimator }) => estimator === label);
      return run === undefined ? 'failed' : `${shown(run.figures[pick], digits)}${run.flags.length > 0 ? ' (!)' : ''}`;
    };
    return [
      file,
      shown(own[0]?.figures.jitterIn, 3),
      ...labels.map((label) => cell(label, 3, 'jitterOut')),
      ...labels.map((label) => cell(label, 3, 'cropping')),
    ];
  });
  return {
    head: ['clip', 'jitter before', ...labels.map((l) => `jitter, ${l}`), ...labels.map((l) => `cropping, ${l}`)],
    rows,
  };
}

function table({ head, rows }: ReportTable): string {
  const line = (cells: readonly string[]) => `| ${cells.map(text).join(' | ')} |`;
  const rule = `|${head.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** What would end a cell, or be taken for a tag. */
function text(cell: string): string {
  return cell
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replace(/\s*\n\s*/g, ' ');
}
