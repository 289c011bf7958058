import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Environment, environment } from '../environment.js';
import { root, workFile } from '../places.js';
import type { Verdict } from '../results.js';
import type { MaceFigures } from './maceFigures.js';
import type { RenderedBin } from './renderBin.js';

/** A row's figures by bin, and what they were measured with. */
export interface MeasuredRow {
  /** What it ran on besides. */
  readonly about?: string;
  readonly environment: Environment;
  readonly figures: Readonly<Record<string, MaceFigures>>;
}

/** What a bin holds: figures of different runs may stand in one table where this agrees. */
export interface BinRecord {
  readonly pairs: number;
  readonly digest: string;
}

/** The file of results. */
export interface MaceResults {
  readonly bins: Readonly<Record<string, BinRecord>>;
  readonly rows: Readonly<Record<string, MeasuredRow>>;
}

/** Where results lie: those of a trial (some pairs, some bins) and of another list in the work folder. */
export function maceResultsFile(trial: boolean, list?: string): string {
  if (list !== undefined) return workFile('results', `mace-${path.basename(list, '.csv')}.json`);
  return trial ? workFile('results', 'mace.json') : path.join(root, 'tools/bench/results/mace.json');
}

/** Joins new rows to the kept ones. Kept rows are dropped, with a message, when any of their pixels differ from the new ones. */
export function joinResults(kept: MaceResults | undefined, added: MaceResults): MaceResults {
  if (kept === undefined) return added;
  const same = (bin: string) => kept.bins[bin]?.digest === added.bins[bin]?.digest;
  if (Object.keys({ ...kept.bins, ...added.bins }).every(same)) {
    return { bins: added.bins, rows: { ...kept.rows, ...added.rows } };
  }
  const dropped = Object.keys(kept.rows).filter((name) => !(name in added.rows));
  if (dropped.length > 0) console.log(`other pixels than before: measure again ${dropped.join(', ')}`);
  return added;
}

/** A row as it goes into the file. The command is kept without the folders of this machine. */
export function measuredRow(figures: MeasuredRow['figures'], about: string | undefined): MeasuredRow {
  const measured = environment();
  const command = measured.command.replace(/(^|[ =])\/\S*\//g, '$1');
  return { environment: { ...measured, command }, ...(about !== undefined && { about }), figures };
}

/** What the file says of a rendered bin. */
export function binRecord({ pairs, digest }: RenderedBin): BinRecord {
  return { pairs: pairs.length, digest };
}

/** The results in a file; undefined when there is none. */
export function readMaceResults(file: string): MaceResults | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

export function writeMaceResults(file: string, verdicts: readonly Verdict[], results: MaceResults): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ verdicts, ...results }, null, 1)}\n`);
}
