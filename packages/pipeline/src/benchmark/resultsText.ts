// The results of a benchmark as a table for a person.
import type { Quartiles } from '@gimbal/metrics';
import type { BenchmarkResults } from './benchmarkResults.js';
import type { Scope } from './headToHead.js';
import { DECIDING, MEASURES, shown } from './measures.js';

/** A table whose cells are text: heading, rows, and how columns are set. */
export interface ReportTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Medians (and quartiles), one row a measure; the original too, where it has the figure itself. */
export function measureTable({ measures, jitterToFirst }: Scope, labels: readonly string[]): ReportTable {
  const rows = MEASURES.map(({ key, label, unit, better, digits }) => {
    const { original, estimators } = measures[key];
    return [
      `${label}${unit === '' ? '' : `, ${unit}`} (${better})`,
      shown(original?.median, digits),
      ...labels.map((name) => spreadText(estimators[name], digits)),
    ];
  });
  const others = labels.length > 1 ? [['', ...labels.map((name) => spreadText(jitterToFirst[name], 3))]] : [];
  return {
    head: ['median (quartiles)', 'original', ...labels],
    rows: [...rows, ...others.map((cells) => [`Jitter over that of ${labels[0]}, clip by clip (lower)`, ...cells])],
  };
}

function spreadText(spread: Quartiles | null, digits: number): string {
  if (spread === null) return '–';
  const median = shown(spread.median, digits);
  return spread.count > 1 ? `${median} (${shown(spread.lower, digits)}–${shown(spread.upper, digits)})` : median;
}

/** Clips won, one row a measure. */
export function winsTable({ wins }: Scope, labels: readonly string[]): ReportTable {
  return {
    head: ['clips won by', ...labels, 'draw', 'nobody'],
    rows: DECIDING.map(({ key, label, better }) => [
      `${label.toLowerCase()} (${better})`,
      ...labels.map((name) => String(wins[key].wins[name])),
      String(wins[key].draws),
      String(wins[key].none),
    ]),
  };
}

/** Which clips the comparison is over, in one sentence. */
export function coverage({ clips, of }: Scope): string {
  const noun = of === 1 ? 'clip' : 'clips';
  if (clips === of) return `${of === 1 ? 'The' : `All ${of}`} ${noun}, finished by every estimator.`;
  return `${clips} of ${of} ${noun}: those that every estimator finished.`;
}

/** What the figures must not be read without. */
export function caveats(results: BenchmarkResults): string[] {
  const { machines, crowdedRuns, runs, headToHead, estimators, failures } = results;
  const out: string[] = [];
  if (failures.length > 0) {
    const total = runs.length + failures.length;
    out.push(`${failures.length} of ${total} runs failed; they are listed and count in no median.`);
  }
  const flagged = runs.filter(({ flags }) => flags.length > 0);
  if (flagged.length > 0) {
    const kinds = [...new Set(flagged.flatMap(({ flags }) => flags))];
    const counts = kinds.map((kind) => `${kind}: ${flagged.filter(({ flags }) => flags.includes(kind)).length}`);
    out.push(`${flagged.length} of ${runs.length} finished runs are flagged (${counts.join(', ')}).`);
  }
  if (crowdedRuns > 0) {
    out.push(
      `${crowdedRuns} of ${runs.length} runs shared the machine with other runs (--jobs) or other work: their speeds are lower than they could be.`,
    );
  }
  if (machines.length > 1) out.push(`The runs come from ${machines.length} machines: their speeds do not compare.`);
  for (const { key, label } of MEASURES) {
    const { clips } = headToHead.overall.measures[key];
    if (clips < headToHead.overall.clips) {
      out.push(`${label}: over the ${clips} clips of which every estimator has this figure.`);
    }
  }
  if (estimators.length === 1) out.push('One estimator alone: nothing to compare it with.');
  return out;
}

/** The shared settings in one line. */
export function settingsLine(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
