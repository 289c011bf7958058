import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { checkOnePass, SHARED_SETTINGS } from '@gimbal/pipeline';
import {
  benchmarkResults,
  contestants,
  findClips,
  programFingerprint,
  type RunProgress,
  type RunResult,
  runBenchmark,
  runStore,
  transfersReport,
  workFolder,
  writeReports,
} from '@gimbal/pipeline/benchmark';
import { checkOutputFile, runtimeInfo, smootherFor, writeWhole } from '@gimbal/pipeline/parts';
import type { Command } from 'commander';
import pc from 'picocolors';
import { benchmarkTable, runLine } from '../output/benchmarkTable.js';
import { estimatorList } from '../output/estimatorList.js';
import { createProgressReporter } from '../output/progressReporter.js';
import { transfersTable } from '../output/transfersTable.js';
import { packageVersion } from '../packageVersion.js';
import type { CommandContext } from '../program/commandContext.js';
import { EXIT_CODE_HELP, EXIT_CODES } from '../program/exitCodes.js';
import { addSettings, readFlags } from '../settings/parseFlags.js';
import { mergeSettings } from '../settings/settings.js';
import { integer } from '../settings/valueKind.js';

const HELP = `
Every estimator stabilizes every clip into a real file, with the same smoother, crop budget and encoder; each file is decoded and
measured by the referee of "gimbal evaluate". A run that fails is listed with its reason and counts in no median; estimators are
compared on the clips that all of them finished. Clips lie in sub-folders, one a category, or are named in manifest.json.

Written into --out: results.json, results.csv, results.md, dashboard.html, and PNG plots; with --keep also the stabilized clips. Finished runs are kept there, so that the
same command continues after an interrupt; failed ones are tried again. A changed clip, option, estimator or
program is measured anew.

--transfers needs no clips: it measures what it costs to reach the GPU (copies of 0.1 to 64 MB, kernel launches) and, for pictures from
360p to 4K, what a frame costs on the CPU and on the GPU: whether to use the GPU at all.

Examples:
  gimbal benchmark clips --estimators classical,ihn
  gimbal benchmark clips --estimators classical,./my-estimator.js --limit 2 --out trial
  gimbal benchmark clips --estimators classical,phase --estimator-option phase:grid=64 --smoother gaussian
  gimbal benchmark --transfers --output transfers.json
`;

interface BenchmarkOptions extends Record<string, unknown> {
  readonly estimators: readonly string[];
  readonly estimatorOption: readonly string[];
  readonly limit?: string;
  readonly transfers?: boolean;
  readonly output?: string;
  readonly out: string;
  readonly jobs: string;
  readonly fresh?: boolean;
  readonly keep?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const listed = (value: string, all: readonly string[] = []) => [...all, value];

export function addBenchmark(program: Command, context: CommandContext): void {
  const command = program
    .command('benchmark')
    .description('Compare estimators on a folder of clips, or CPU and GPU of this machine.')
    .argument('[folder]', 'the clips, or a manifest.json that names them')
    .option('--estimators <a,b,...>', 'names or paths of the estimators (default: classical)', listed)
    .option('--estimator-option <estimator:key=value>', 'option of one of them (repeatable)', listed)
    .option('--limit <n>', 'at most so many clips of each category')
    .option('--out <folder>', 'where results are kept and written', 'gimbal-benchmark')
    .option('--jobs <n>', 'runs side by side; with more than 1 speeds are lower than they could be', '1')
    .option('--transfers', 'measure what it costs to reach the GPU, and whether it pays; without clips')
    .option('--output <file>', 'with --transfers: write the figures as JSON')
    .option('--keep', 'keep the stabilized clips in OUT/outputs; the dashboard links them')
    .option('--fresh', 'measure anew what is kept already');
  addSettings(command, SHARED_SETTINGS)
    .option('--json', 'print the results as JSON on stdout')
    .option('-q, --quiet', 'no progress and no table; errors and warnings only')
    .addHelpText('after', HELP + EXIT_CODE_HELP)
    .action((folder: string | undefined, options: BenchmarkOptions) => {
      if (options.transfers === true) return transfers(folder, options, context);
      if (folder === undefined) {
        throw new GimbalError(
          'GIMBAL_E_INVALID_ARGUMENT',
          'gimbal benchmark expects a folder of clips (or a manifest.json that names them), or --transfers.',
        );
      }
      if (options.output !== undefined) {
        throw new GimbalError(
          'GIMBAL_E_INVALID_ARGUMENT',
          '--output goes with --transfers; a benchmark of clips writes into the folder that --out names.',
        );
      }
      return benchmark(folder, options, context);
    });
}

async function transfers(
  folder: string | undefined,
  { output, json = false, quiet = false, ...options }: BenchmarkOptions,
  { terminal, signal }: CommandContext,
): Promise<void> {
  if (folder !== undefined) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `--transfers needs no clips; leave out either it or "${folder}".`,
    );
  }
  const { device, threads } = mergeSettings(readFlags(options, SHARED_SETTINGS), {});
  if (output !== undefined) checkOutputFile(output, [], true);
  const progress = createProgressReporter(terminal, quiet);
  try {
    const report = await transfersReport({ device, threads, signal }, progress.update);
    progress.clear();
    if (output !== undefined) await writeWhole(output, `${JSON.stringify(report, null, 1)}\n`);
    if (json) terminal.out(`${JSON.stringify({ ok: true, ...report }, null, 2)}\n`);
    else if (!quiet) terminal.out(transfersTable(report));
  } finally {
    progress.clear();
  }
}

async function benchmark(folder: string, options: BenchmarkOptions, context: CommandContext): Promise<void> {
  const { terminal, signal, exitWith } = context;
  const { out, keep = false, fresh = false, json = false, quiet = false } = options;
  const limit = options.limit === undefined ? undefined : wholeNumber('--limit', options.limit);
  const jobs = wholeNumber('--jobs', options.jobs);
  const flags = readFlags(options, SHARED_SETTINGS);
  if (flags.tripod === true && flags.smoother !== undefined) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', '--tripod is a smoother of its own; leave out --smoother.');
  }
  const settings = mergeSettings(flags, {});
  checkOnePass({}, settings);
  // Refuses what no run could be made with.
  // A run keeps its settings as JSON, and its results by them.
  if (typeof settings.smoother !== 'string') {
    throw new GimbalError('GIMBAL_E_CONFIG', 'A benchmark takes a smoother by its name or path, not as an object.');
  }
  await smootherFor(settings);
  const clips = await findClips(folder, limit, out);
  const entries = estimatorList(options.estimators ?? ['classical'], options.estimatorOption ?? []);
  const entered = await contestants(entries, runtimeInfo(settings));
  const store = await runStore(path.join(out, 'runs'), await programFingerprint());
  const progress = createProgressReporter(terminal, quiet || jobs > 1);
  let finished = 0;
  const onRun = (run: RunProgress) => {
    if (run.result.status === 'finished') finished++;
    progress.clear();
    if (!quiet) terminal.err(runLine(run));
  };
  const keepIn = keep ? path.join(out, 'outputs') : undefined;
  if (keepIn !== undefined) await mkdir(keepIn, { recursive: true });
  const work = await workFolder(out);
  let results: RunResult[];
  try {
    results = await runBenchmark({
      clips,
      contestants: entered,
      settings: flags,
      store,
      workFolder: work,
      keepIn,
      jobs,
      fresh,
      signal,
      onRun,
      onProgress: (_file, _estimator, stage) => progress.update(stage),
    });
  } catch (error) {
    if (!GimbalError.isInstance(error) || error.code !== 'GIMBAL_E_CANCELLED') throw error;
    const message = `Interrupted; ${finished} of ${clips.length * entered.length} runs are kept in ${out}, and the same command continues.`;
    throw new GimbalError('GIMBAL_E_CANCELLED', message, { cause: error });
  } finally {
    progress.clear();
    await rm(work, { recursive: true, force: true });
  }
  const report = benchmarkResults(results, entered, settings, {
    gimbal: packageVersion,
    created: new Date().toISOString(),
  });
  const { files, imagesProblem } = await writeReports(out, report);
  if (imagesProblem !== undefined) terminal.err(`${pc.yellow('warning:')} ${imagesProblem}\n`);
  const exitCode = report.failures.length > 0 ? EXIT_CODES.partial : EXIT_CODES.ok;
  if (json) {
    const head = { ok: exitCode === EXIT_CODES.ok, exitCode, files, imagesProblem: imagesProblem ?? null };
    terminal.out(`${JSON.stringify({ ...head, results: report }, null, 2)}\n`);
  } else if (!quiet) terminal.out(benchmarkTable(report, files));
  exitWith(exitCode);
}

function wholeNumber(flag: string, raw: string): number {
  const kind = integer(1, 1_000_000);
  const value = kind.parse(raw);
  if (value !== undefined) return value;
  throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `${flag} expects ${kind.expected}; received "${raw}".`);
}
