import type { BenchmarkResults } from '../benchmarkResults.js';
import { shown } from '../measures.js';
import { isDisqualified } from '../runFlags.js';
import type { FinishedRun } from '../runResult.js';
import { xAxis } from './axis.js';
import { mark } from './mark.js';
import { fitted, type Plot, textWidth } from './plot.js';
import { logScale, type Scale } from './scale.js';
import { element, hint, label, line } from './svg.js';

/** From this width on a clip's name stands beside its marks, below it above them. */
const WIDE = 600;
const TOP = 18;
const HEADING = 30;

interface ClipRow {
  readonly file: string;
  readonly runs: readonly FinishedRun[];
  readonly failed: readonly string[];
}

/** Every clip's jitter, before and after, on one logarithmic axis. Clips that failed stay in the list and say so. */
export function jitterPlot(results: BenchmarkResults, width: number): Plot {
  const { runs, failures, estimators } = results;
  const labels = estimators.map((estimator) => estimator.label);
  const wide = width >= WIDE;
  const left = wide ? 190 : 8;
  // Words about failed runs stand at the right and must not hide marks.
  const right = width - (wide && failures.length > 0 ? 16 + textWidth(longest(failedWords(results))) : 16);
  const rowHeight = wide ? 24 : 38;
  const groups = byCategory(results);
  const rows = groups.reduce((sum, { clips }) => sum + clips.length, 0);
  const bottom = TOP + groups.length * HEADING + rows * rowHeight + 6;
  const values = runs.flatMap(({ figures }) => [figures.jitterIn, figures.jitterOut]).filter(positive);
  const scale = values.length > 0 ? logScale(Math.min(...values), Math.max(...values), left, right) : undefined;
  const parts = scale === undefined ? [] : [xAxis(scale, TOP, bottom, 'jitter, px at 640 width', true)];
  let y = TOP;
  for (const { category, clips } of groups) {
    parts.push(label(0, y + 20, category, { className: 'strong' }));
    y += HEADING;
    for (const clip of clips) {
      const middle = wide ? y + rowHeight / 2 : y + rowHeight - 11;
      const name = fitted(clip.file.split('/').slice(-1)[0], wide ? left - 24 : width - 24);
      parts.push(label(wide ? 8 : 0, wide ? middle + 4 : y + 14, name, { className: wide ? 'ink' : 'muted' }));
      if (scale !== undefined) parts.push(clipMarks(clip, labels, scale, middle));
      if (clip.failed.length > 0) {
        const words = `failed: ${clip.failed.join(', ')}`;
        parts.push(label(width - 4, wide ? middle + 4 : y + 14, words, { anchor: 'end', className: 'warn' }));
      }
      y += rowHeight;
    }
  }
  const failedNote = failures.length > 0 ? ' Failed runs have no mark.' : '';
  return {
    title: 'Jitter, clip by clip',
    caption: `Hollow: the original. Further left is steadier; the axis is logarithmic. A ring marks a run that failed its purpose (see the flags).${failedNote}`,
    width,
    height: bottom + 36,
    body: parts.join(''),
  };
}

function clipMarks({ file, runs }: ClipRow, labels: readonly string[], scale: Scale, y: number): string {
  const before = runs.map(({ figures }) => figures.jitterIn).find(positive);
  const drawn = runs.filter(({ figures }) => positive(figures.jitterOut));
  const places = [
    ...drawn.map(({ figures }) => scale(figures.jitterOut as number)),
    ...(before ? [scale(before)] : []),
  ];
  if (places.length === 0) return '';
  const parts = [line(Math.min(...places), y, Math.max(...places), y, 'link')];
  for (const { estimator, figures, flags } of drawn) {
    const x = scale(figures.jitterOut as number);
    const flagged = flags.length > 0 ? `; ${flags.join(', ')}` : '';
    const text = `${file}, ${estimator}: ${shown(figures.jitterOut, 3)} px, cropping ${shown(figures.cropping, 3)}${flagged}`;
    if (isDisqualified(flags)) parts.push(element('circle', { cx: x, cy: y, r: 9, class: 'ring' }));
    parts.push(mark(labels.indexOf(estimator), x, y, 5, text));
  }
  // On top and hollow: where nothing was gained, both can be seen.
  if (before) {
    const at = { cx: scale(before), cy: y, r: 5.5, class: 'before' };
    parts.push(element('circle', at, hint(`${file}, original: ${shown(before, 3)} px`)));
  }
  return parts.join('');
}

function failedWords({ failures }: BenchmarkResults): string[] {
  const files = [...new Set(failures.map(({ file }) => file))];
  return files.map(
    (file) =>
      `failed: ${failures
        .filter((run) => run.file === file)
        .map((run) => run.estimator)
        .join(', ')}`,
  );
}

function longest(texts: readonly string[]): string {
  return texts.reduce((most, text) => (text.length > most.length ? text : most), '');
}

function byCategory({ runs, failures }: BenchmarkResults): { category: string; clips: ClipRow[] }[] {
  const all = [...runs, ...failures];
  const categories = [...new Set(all.map(({ category }) => category))].sort();
  return categories.map((category) => {
    const files = [...new Set(all.filter((run) => run.category === category).map(({ file }) => file))];
    const clips = files.map((file) => ({
      file,
      runs: runs.filter((run) => run.file === file),
      failed: failures.filter((run) => run.file === file).map(({ estimator }) => estimator),
    }));
    const shake = ({ runs: own }: ClipRow) => own[0]?.figures.jitterIn ?? Number.NEGATIVE_INFINITY;
    return { category, clips: clips.sort((a, b) => shake(b) - shake(a)) };
  });
}

function positive(value: number | null | undefined): value is number {
  return typeof value === 'number' && value > 0;
}
