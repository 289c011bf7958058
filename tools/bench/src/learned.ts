import path from 'node:path';
import { lumaFile } from './lumaFile.js';
import type { LumaFile } from './lumaFrames.js';
import { successfulRun } from './measuredRun.js';
import type { BenchOptions } from './options.js';
import { root, workFile } from './places.js';
import { type Verdict, writeResults } from './results.js';
import { scaledClips } from './scaledClips.js';
import { median, type Spread, spread } from './spread.js';
import { printTable } from './table.js';

/** Frames of each clip; ten pairs of them are for warming up. */
const FRAMES = 120;
const THREADS = 2;
const ESTIMATORS = ['classical', 'ihn', 'regression'] as const;
const PROBE = path.join(root, 'tools/bench/dist/pairsProbe.js');

interface ProbeResult {
  readonly pairs: number;
  readonly seconds: number;
  readonly longestBlockMs: number;
  readonly verdicts: Readonly<Record<string, number>>;
}

interface Row {
  readonly clip: string;
  readonly estimator: string;
  readonly pairsPerSecond: Spread;
  /** Of the whole process: Node, ONNX Runtime where it is used, and the frames of a pair. */
  readonly peakMB: Spread;
  readonly longestBlockMs: Spread;
  readonly verdicts: Readonly<Record<string, number>>;
}

/** The learned estimator on the CPU: pairs a second with the features of a frame computed once, and memory; beside the classical one. */
export async function learned(options: BenchOptions): Promise<Verdict[]> {
  const frames = Math.max(options.frames ?? FRAMES, 12);
  const rows: Row[] = [];
  for (const { clip, path: file } of await scaledClips(options, frames)) {
    const luma = await lumaFile(file, workFile('learned', `${path.basename(file)}.luma`), frames);
    const measured: Record<string, Measured[]> = {};
    // Every round runs all of them, so that slow moments of the machine hit all alike.
    for (let run = 0; run < options.runs; run++) {
      for (const estimator of ESTIMATORS) {
        const result = await measure(estimator, luma);
        if (result === undefined) continue;
        measured[estimator] = [...(measured[estimator] ?? []), result];
        console.error(`learned: ${clip} ${estimator} ${result.pairsPerSecond.toFixed(1)} pairs/s`);
      }
    }
    rows.push(...Object.entries(measured).map(([estimator, results]) => rowOf(clip, estimator, results)));
  }
  if (rows.length === 0) return [];
  printTable(
    ['clip', 'estimator', 'pairs/s', 'of classical', 'peak MB', 'longest block ms'],
    rows.map((row) => [
      row.clip,
      row.estimator,
      row.pairsPerSecond.median,
      row.pairsPerSecond.median / of(rows, 'classical', row.clip).pairsPerSecond.median,
      row.peakMB.median,
      row.longestBlockMs.median,
    ]),
  );
  const verdicts = verdictsOf(rows);
  writeResults('learned', verdicts, { threads: THREADS, size: '1920×1080', frames, rows }, options);
  return verdicts;
}

interface Measured extends ProbeResult {
  readonly pairsPerSecond: number;
  readonly peakMB: number;
}

/** One run in a process of its own; undefined, with a message, when it has no weights. */
async function measure(estimator: string, { path: file, ...size }: LumaFile): Promise<Measured | undefined> {
  const { width, height, frames } = size;
  try {
    const numbers = [width, height, frames, THREADS].map(String);
    const cost = await successfulRun([process.execPath, PROBE, estimator, file, ...numbers]);
    const result: ProbeResult = JSON.parse(cost.stdout);
    return { ...result, pairsPerSecond: result.pairs / result.seconds, peakMB: cost.peakBytes / 1e6 };
  } catch (error) {
    if (!String(error).includes('GIMBAL_IHN_WEIGHTS')) throw error;
    console.log(`skipped ${estimator}: it has no weights (GIMBAL_IHN_WEIGHTS points elsewhere)`);
    return undefined;
  }
}

function rowOf(clip: string, estimator: string, results: readonly Measured[]): Row {
  const of = (key: 'pairsPerSecond' | 'peakMB' | 'longestBlockMs') => spread(results.map((result) => result[key]));
  return {
    clip,
    estimator,
    pairsPerSecond: of('pairsPerSecond'),
    peakMB: of('peakMB'),
    longestBlockMs: of('longestBlockMs'),
    verdicts: results[0].verdicts,
  };
}

function of(rows: readonly Row[], estimator: string, clip: string): Row {
  return rows.find((row) => row.estimator === estimator && row.clip === clip) as Row;
}

function verdictsOf(rows: readonly Row[]): Verdict[] {
  const own = rows.filter(({ estimator }) => estimator === 'ihn');
  if (own.length === 0) return [];
  const speed = median(own.map((row) => row.pairsPerSecond.median));
  const ratio = median(
    own.map((row) => row.pairsPerSecond.median / of(rows, 'classical', row.clip).pairsPerSecond.median),
  );
  const peak = Math.max(...own.map((row) => row.peakMB.max));
  const block = Math.max(...own.map((row) => row.longestBlockMs.median));
  return [
    {
      figure: `learned: pairs of 1080p a second on ${THREADS} threads`,
      target: '≥ 60',
      measured: `${speed.toFixed(1)} (${ratio.toFixed(2)} of the classical estimator)`,
      reached: speed >= 60,
    },
    {
      figure: 'learned: peak memory of the process',
      target: '≤ 250 MB',
      measured: `${peak.toFixed(0)} MB`,
      reached: peak <= 250,
    },
    {
      figure: 'learned: longest block of the event loop',
      target: '≤ 20 ms',
      measured: `${block.toFixed(1)} ms`,
      reached: block <= 20,
    },
  ];
}
