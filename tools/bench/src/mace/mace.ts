import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { workFile } from '../places.js';
import { BINS } from './bins.js';
import { classicalRow } from './estimatorRow.js';
import { figuresOf, type MaceFigures } from './maceFigures.js';
import { type MaceOptions, parseMaceOptions } from './maceOptions.js';
import {
  type BinRecord,
  binRecord,
  joinResults,
  maceResultsFile,
  measuredRow,
  readMaceResults,
  writeMaceResults,
} from './maceResults.js';
import { maceTable } from './maceTable.js';
import { maceVerdicts } from './maceVerdicts.js';
import { moduleRow } from './moduleRow.js';
import { onnxRow } from './onnxRow.js';
import { writePack } from './pack.js';
import { generatePairs, pairListFile, photosOf, readPairs, serializePairs } from './pairList.js';
import { loadPhotos, photoFolder, photosIn } from './photos.js';
import { predictionsRow } from './predictionsRow.js';
import { type RenderedBin, renderBin } from './renderBin.js';
import type { Row } from './row.js';
import { siftRow } from './siftRow.js';

/** Corner errors on the committed list of pairs: see {@link parseMaceOptions} for what the command line may say. */
export async function mace(args: readonly string[]): Promise<void> {
  let options: MaceOptions;
  try {
    options = parseMaceOptions(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
    return;
  }
  if (options.action === 'list') writeList(options);
  else if (options.action === 'pack') await pack(options);
  else await measure(options);
}

/** Draws a list over the photos that are there: the committed one unless told otherwise. */
function writeList({ photos = photoFolder, seed, output = pairListFile }: MaceOptions): void {
  const numbers = [...photosIn(photos).keys()].sort((a, b) => a - b);
  writeFileSync(output, serializePairs(generatePairs(numbers, BINS, seed)));
  console.log(`→ ${path.relative(process.cwd(), output)}`);
}

async function pack(options: MaceOptions): Promise<void> {
  const file = options.output ?? workFile('mace', 'pairs.npz');
  const bins: RenderedBin[] = [];
  for await (const bin of renderedBins(options)) bins.push(bin);
  const size = writePack(file, bins);
  console.log(`→ ${path.relative(process.cwd(), file)} (${(size / 2 ** 20).toFixed(1)} MiB)`);
}

async function measure(options: MaceOptions): Promise<void> {
  const rows = await chosenRows(options);
  const figures = new Map<string, { readonly row: Row; readonly byBin: Record<string, MaceFigures> }>();
  const bins: Record<string, BinRecord> = {};
  for await (const bin of renderedBins(options)) {
    bins[bin.name] = binRecord(bin);
    for (const row of rows) {
      for (const [line, answers] of await row.answer(bin)) {
        const byBin: Record<string, MaceFigures> = figures.get(line)?.byBin ?? {};
        byBin[bin.name] = figuresOf(bin.pairs.slice(0, answers.length), answers);
        figures.set(line, { row, byBin });
      }
    }
    console.error(`mace: ${bin.name}`);
  }
  for (const row of rows) await row.dispose?.();
  const measured = [...figures].map(([line, { row, byBin }]) => [line, measuredRow(byBin, row.about)] as const);
  const trial = options.limit !== undefined || options.bins.length < BINS.length;
  const file = maceResultsFile(trial, options.list);
  const results = joinResults(readMaceResults(file), { bins, rows: Object.fromEntries(measured) });
  const verdicts = maceVerdicts(results);
  writeMaceResults(file, verdicts, results);
  console.log(maceTable(results));
  for (const { figure, target, measured, reached } of verdicts) {
    console.log(`${reached ? 'reached ' : 'MISSED  '} ${figure}: ${measured} (target ${target})`);
  }
  console.log(`→ ${path.relative(process.cwd(), file)}`);
}

/** Renders bin after bin, so that only one is in memory at a time. */
async function* renderedBins({ limit, bins, list, photos: folder }: MaceOptions): AsyncGenerator<RenderedBin> {
  // Foreign textures come from all photos, however few pairs are wanted.
  const photos = await loadPhotos(photosOf(readPairs(undefined, list)), folder);
  const pairs = readPairs(limit, list);
  for (const name of bins) {
    yield renderBin(
      name,
      pairs.filter(({ bin }) => bin === name),
      photos,
    );
  }
}

async function chosenRows(options: MaceOptions): Promise<Row[]> {
  const known: Record<MaceOptions['rows'][number], () => Row | Promise<Row>> = {
    identity: () => ({ answer: async ({ pairs }) => new Map([['identity', pairs.map(() => new Float64Array(8))]]) }),
    classical: () => classicalRow('classical', 1),
    'classical-2x': () => classicalRow('classical-2x', 2),
    sift: () => siftRow(options.python),
  };
  return Promise.all([
    ...options.rows.map((name) => known[name]()),
    ...options.networks.map(onnxRow),
    ...options.estimators.map((text) => moduleRow(text, true)),
    ...options.answers.map((text) => moduleRow(text, false)),
    ...options.predictions.map(predictionsRow),
  ]);
}
