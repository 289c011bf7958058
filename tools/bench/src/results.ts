import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { environment } from './environment.js';
import type { BenchOptions } from './options.js';
import { root, workFile } from './places.js';

/** A figure of the project's list with what was asked and what came. */
export interface Verdict {
  readonly figure: string;
  readonly target: string;
  readonly measured: string;
  readonly reached: boolean;
}

/**
 * Writes `tools/bench/results/<name>.json`: environment, verdicts, and the rows they come from. Prints the verdicts. A trial (some of
 * the clips, other settings) goes to the work folder, so that it does not replace figures of a whole run.
 */
export function writeResults(name: string, verdicts: readonly Verdict[], data: object, options: BenchOptions): void {
  const trial = options.clips.length > 0 || options.extra.length > 0 || options.frames !== undefined;
  const file = trial ? workFile('results', `${name}.json`) : path.join(root, 'tools/bench/results', `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...environment(), verdicts, ...data }, null, 1)}\n`);
  for (const { figure, target, measured, reached } of verdicts) {
    console.log(`${reached ? 'reached ' : 'MISSED  '} ${figure}: ${measured} (target ${target})`);
  }
  console.log(`→ ${path.relative(process.cwd(), file)}\n`);
}
