import path from 'node:path';
import { writeWhole } from '../checkedOutput.js';
import type { BenchmarkResults } from './benchmarkResults.js';
import { dashboard } from './dashboard/dashboard.js';
import { sheets } from './dashboard/sheets.js';
import { writeImages } from './dashboard/writeImages.js';
import { resultsCsv } from './resultsCsv.js';
import { resultsMarkdown } from './resultsMarkdown.js';

/** What was written, and what could not be drawn. */
export interface WrittenReports {
  readonly files: readonly string[];
  /** Why there are no images; `undefined` when there are. */
  readonly imagesProblem: string | undefined;
}

/**
 * Writes `results.json`, `results.csv`, `results.md`, `dashboard.html` and an image of each main plot into a folder.
 * @throws GimbalError `GIMBAL_E_DISK_FULL`, `GIMBAL_E_OUTPUT_UNWRITABLE`.
 */
export async function writeReports(folder: string, results: BenchmarkResults): Promise<WrittenReports> {
  const texts: readonly (readonly [string, string])[] = [
    ['results.json', `${JSON.stringify(results, null, 1)}\n`],
    ['results.csv', resultsCsv(results)],
    ['results.md', resultsMarkdown(results)],
    ['dashboard.html', dashboard(results)],
  ];
  for (const [name, text] of texts) await writeWhole(path.join(folder, name), text);
  const images = await writeImages(folder, sheets(results));
  return {
    files: [...texts.map(([name]) => path.join(folder, name)), ...images.files],
    imagesProblem: images.problem,
  };
}
