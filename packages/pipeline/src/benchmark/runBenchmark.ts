import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { GimbalError, throwIfAborted } from '@gimbal/core';
import type { StageProgress } from '../progress.js';
import { type PartialSettings, type Settings, withDefaults } from '../stabilize/settings.js';
import type { Contestant } from './contestants.js';
import type { BenchmarkClip } from './findClips.js';
import { runFigures } from './runFigures.js';
import { runFlags } from './runFlags.js';
import { concernsEveryRun, runInWorker } from './runInWorker.js';
import type { RunResult } from './runResult.js';
import { nameIn, type RunRecord, type RunStore } from './runStore.js';

/** What {@link runBenchmark} works through. */
export interface BenchmarkPlan {
  readonly clips: readonly BenchmarkClip[];
  readonly contestants: readonly Contestant[];
  readonly settings: PartialSettings;
  readonly store: RunStore;
  /** Folder for outputs while they are measured. It exists. */
  readonly workFolder: string;
  /** Folder that outputs are kept in, beside the reports; they are removed unless told. It exists, on the disk of the work folder. */
  readonly keepIn?: string | undefined;
  /** Runs that go on side by side. */
  readonly jobs: number;
  /** Measure anew what is kept already. */
  readonly fresh: boolean;
  readonly signal: AbortSignal;
  onRun(progress: RunProgress): void;
  onProgress(file: string, estimator: string, progress: StageProgress): void;
}

/** A run has ended. */
export interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly result: RunResult;
  /** An earlier call had kept it. */
  readonly kept: boolean;
}

/**
 * Every estimator on every clip. Clip by clip, so that what slows the machine down for a while slows all estimators down. A run that fails
 * is a result; finished runs are kept at once.
 * @returns One result for each run, clip by clip.
 * @throws GimbalError `GIMBAL_E_CANCELLED` when interrupted; a failure that every run would meet (disk full, folder not writable).
 */
export async function runBenchmark(plan: BenchmarkPlan): Promise<RunResult[]> {
  const { clips, contestants, jobs, signal } = plan;
  const runs = clips.flatMap((clip) => contestants.map((contestant) => ({ clip, contestant })));
  const results = new Array<RunResult>(runs.length);
  let next = 0;
  let done = 0;
  // The first job that fails beyond recovery stops the others.
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const work = async () => {
    while (next < runs.length) {
      throwIfAborted(either);
      const index = next++;
      const { clip, contestant } = runs[index];
      const { result, kept } = await oneRun(plan, clip, contestant, either);
      results[index] = result;
      done++;
      plan.onRun({ done, total: runs.length, result, kept });
    }
  };
  const settled = await Promise.allSettled(
    Array.from({ length: jobs }, () =>
      work().catch((error) => {
        stop.abort(error instanceof GimbalError ? error : undefined);
        throw error;
      }),
    ),
  );
  throwIfAborted(signal);
  const broken = settled.find((job) => job.status === 'rejected');
  if (broken !== undefined) throw broken.reason;
  return results;
}

async function oneRun(
  plan: BenchmarkPlan,
  clip: BenchmarkClip,
  contestant: Contestant,
  signal: AbortSignal,
): Promise<{ result: RunResult; kept: boolean }> {
  const { store, workFolder, keepIn, jobs, fresh } = plan;
  const settings = settingsFor(plan.settings, contestant);
  const key = await store.keyOf(clip, contestant, settings);
  const identity = { file: clip.file, category: clip.category, estimator: contestant.label };
  const name = `${nameIn(clip.file)}.${nameIn(contestant.label)}.${key.slice(0, 12)}.mkv`;
  const place = keepIn === undefined ? undefined : path.join(keepIn, name);
  const link = keepIn === undefined ? undefined : `${path.basename(keepIn)}/${name}`;
  // A run whose output is wanted and not there is made again.
  const anew = fresh || (place !== undefined && !existsSync(place));
  const kept = anew ? undefined : await store.find(clip, contestant, key);
  if (kept !== undefined) return { result: finished(identity, kept, link), kept: true };
  const output = path.join(workFolder, name);
  const busy = isBusy();
  try {
    const outcome = await runInWorker(
      { input: clip.path, output, settings },
      (progress) => plan.onProgress(clip.file, contestant.label, progress),
      signal,
    );
    if ('failure' in outcome) {
      const fatal = concernsEveryRun(outcome.failure);
      if (fatal !== undefined) throw fatal;
      return { result: { ...identity, status: 'failed', error: outcome.failure }, kept: false };
    }
    const record: Omit<RunRecord, 'format'> = {
      key,
      file: clip.file,
      estimator: contestant.label,
      finished: new Date().toISOString(),
      machine: machine(),
      jobs,
      busy,
      run: outcome.run,
    };
    if (place !== undefined) await rename(output, place);
    await store.keep(clip, contestant, record);
    return { result: finished(identity, record, link), kept: false };
  } finally {
    await rm(output, { force: true });
  }
}

function settingsFor(shared: PartialSettings, contestant: Contestant): Settings & { readonly estimator: string } {
  const { reference: estimator, options: estimatorOptions } = contestant;
  // The key of a run says what it is; whatever lies at its temporary name is a leftover.
  return { ...withDefaults({ ...shared, estimator, estimatorOptions, overwrite: true }), estimator };
}

function finished(
  identity: Pick<RunResult, 'file' | 'category' | 'estimator'>,
  { run, finished: at, machine: where, jobs, busy }: Omit<RunRecord, 'format'>,
  output: string | undefined,
): RunResult {
  const figures = runFigures(run);
  return {
    ...identity,
    status: 'finished',
    figures,
    flags: runFlags(run, figures),
    finished: at,
    machine: where,
    jobs,
    busy,
    ...(output !== undefined && { output }),
    remarks: [...run.report.warnings.map(({ message }) => message), ...run.evaluation.verdicts],
  };
}

/** Processes that wait for each core, over the last minute, beyond which more is at work than the run before. */
const BUSY = 2;

/** Never true where the system keeps no load average (Windows). */
function isBusy(): boolean {
  return os.loadavg()[0] > BUSY * os.availableParallelism();
}

function machine(): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${cpu}, ${os.availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.version}`;
}
