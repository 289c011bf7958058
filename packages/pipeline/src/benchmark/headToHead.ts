// Compares estimators on the clips that all of them finished.
import { type Quartiles, quartiles } from '@gimbal/metrics';
import { DECIDING, MEASURES, type Measure } from './measures.js';
import { isDisqualified } from './runFlags.js';
import type { FinishedRun, RunResult } from './runResult.js';

/** Who won how many clips by one measure. */
export interface Wins {
  readonly wins: Readonly<Record<string, number>>;
  /** Clips on which the best two differ by less than the measure's margin. */
  readonly draws: number;
  /** Clips without a winner for another reason: a figure is missing, or no run served its purpose. */
  readonly none: number;
}

/** One measure over some clips. */
export interface MeasureSummary {
  /** Clips of which every estimator has this figure: all medians are over the same clips. */
  readonly clips: number;
  readonly estimators: Readonly<Record<string, Quartiles | null>>;
  /** The same clips before stabilization. */
  readonly original?: Quartiles | null;
}

/** The comparison over the clips of one category, or of all. */
export interface Scope {
  /** Category, or `null` for all clips. */
  readonly category: string | null;
  /** Clips that every estimator finished, of all clips. */
  readonly clips: number;
  readonly of: number;
  readonly measures: Readonly<Record<string, MeasureSummary>>;
  /** Per clip, the jitter over that of the first estimator. */
  readonly jitterToFirst: Readonly<Record<string, Quartiles | null>>;
  readonly wins: Readonly<Record<string, Wins>>;
}

/** Everything that is compared, and what could not be. */
export interface HeadToHead {
  readonly overall: Scope;
  readonly categories: readonly Scope[];
  /** Clips that not every estimator finished, and which did not. */
  readonly leftOut: readonly { readonly file: string; readonly failed: readonly string[] }[];
}

/**
 * Compares estimators on the clips that all of them finished, category by category and over all.
 * @param labels The estimators; the first is what the others' jitter is set against.
 */
export function headToHead(results: readonly RunResult[], labels: readonly string[]): HeadToHead {
  const files = [...new Set(results.map(({ file }) => file))];
  const rows = files.map((file) => results.filter((result) => result.file === file));
  const leftOut = rows
    .map((row) => ({
      file: row[0].file,
      failed: row.filter(({ status }) => status === 'failed').map(({ estimator }) => estimator),
    }))
    .filter(({ failed }) => failed.length > 0);
  const categories = [...new Set(results.map(({ category }) => category))];
  const inCategory = (category: string) => rows.filter((row) => row[0].category === category);
  return {
    overall: scope(null, rows, labels),
    categories: categories.map((category) => scope(category, inCategory(category), labels)),
    leftOut,
  };
}

type Row = ReadonlyMap<string, FinishedRun>;

function scope(category: string | null, all: readonly (readonly RunResult[])[], labels: readonly string[]): Scope {
  const rows: Row[] = all
    .map((row) => row.filter((result) => result.status === 'finished'))
    .filter((row) => row.length === labels.length)
    .map((row) => new Map(row.map((run) => [run.estimator, run])));
  const first = labels[0];
  const each = <T>(of: (label: string) => T): Record<string, T> =>
    Object.fromEntries(labels.map((label) => [label, of(label)]));
  return {
    category,
    clips: rows.length,
    of: all.length,
    measures: Object.fromEntries(MEASURES.map((measure) => [measure.key, summary(measure, rows, labels)])),
    jitterToFirst: each((label) => {
      const ratios = rows.map((row) => ratio(row.get(label)?.figures.jitterOut, row.get(first)?.figures.jitterOut));
      return quartiles(ratios.filter((value) => value !== null)) ?? null;
    }),
    wins: Object.fromEntries(DECIDING.map((measure) => [measure.key, winsBy(measure, rows, labels)])),
  };
}

function summary(measure: Measure, rows: readonly Row[], labels: readonly string[]): MeasureSummary {
  const value = (row: Row, label: string) => row.get(label)?.figures[measure.key] ?? null;
  const complete = rows.filter((row) => labels.every((label) => value(row, label) !== null));
  const over = (pick: (row: Row) => number | null) =>
    quartiles(complete.map(pick).filter((number) => number !== null)) ?? null;
  const { original } = measure;
  return {
    clips: complete.length,
    estimators: Object.fromEntries(labels.map((label) => [label, over((row) => value(row, label))])),
    ...(original !== undefined && { original: over((row) => row.get(labels[0])?.figures[original] ?? null) }),
  };
}

function winsBy(measure: Measure, rows: readonly Row[], labels: readonly string[]): Wins {
  const wins = Object.fromEntries(labels.map((label) => [label, 0]));
  let draws = 0;
  let none = 0;
  for (const row of rows) {
    const winner = winnerOf(measure, [...row.values()]);
    if (winner === 'draw') draws++;
    else if (winner === undefined) none++;
    else wins[winner.estimator]++;
  }
  return { wins, draws, none };
}

/** The run that is better than every other by more than the margin; a run that failed its purpose cannot be it. */
export function winnerOf(measure: Measure, runs: readonly FinishedRun[]): FinishedRun | 'draw' | undefined {
  const { key, better, margin = { share: 0, amount: 0 } } = measure;
  if (runs.length < 2 || runs.some(({ figures }) => figures[key] === null)) return undefined;
  const sound = runs.filter(({ flags }) => !isDisqualified(flags));
  const value = (run: FinishedRun) => run.figures[key] as number;
  const ranked = sound.sort((a, b) => (better === 'lower' ? value(a) - value(b) : value(b) - value(a)));
  if (ranked.length < 2) return ranked[0];
  const [best, next] = ranked;
  const difference = Math.abs(value(next) - value(best));
  return difference > Math.max(margin.amount, margin.share * Math.abs(value(best))) ? best : 'draw';
}

function ratio(value: number | null | undefined, to: number | null | undefined): number | null {
  return typeof value === 'number' && typeof to === 'number' && to > 0 ? value / to : null;
}
