import { BINS } from './bins.js';
import type { MaceResults } from './maceResults.js';

const HEADER = ['bin', 'row', 'pairs', 'mean', 'median', 'p95', '> 1 px', '> 3 px', 'no answer'];

/** The results as a Markdown table, bins in the order of the list, rows in that of the file. Errors in pixels of the 128×128 patch. */
export function maceTable({ rows }: MaceResults): string {
  const lines = BINS.flatMap(({ name }) =>
    Object.entries(rows).flatMap(([row, { figures }]) => {
      const f = figures[name];
      if (f === undefined) return [];
      const errors = [f.mean, f.median, f.p95].map((value) => value.toFixed(3));
      const shares = [f.over1, f.over3].map((value) => `${(100 * value).toFixed(1)} %`);
      return [[name, row, String(f.pairs), ...errors, ...shares, String(f.unanswered)]];
    }),
  );
  const cells = [HEADER, ...lines];
  const widths = HEADER.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const padded = cells.map((line) =>
    line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))),
  );
  const rule = widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [padded[0], rule, ...padded.slice(1)].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
