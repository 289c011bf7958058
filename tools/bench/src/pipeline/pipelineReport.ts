import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { addonInfo } from '@gimbal/native';
import { environment } from '../environment.js';
import { root } from '../places.js';
import type { Verdict } from '../results.js';
import { median, type Spread, spread } from '../spread.js';
import { printTable } from '../table.js';
import type { DecoderName } from './clipSource.js';
import type { PipelineOptions } from './pipelineOptions.js';

/** What a stage gave in one round. */
export interface Measured {
  readonly framesPerSecond: number;
  /** The same of the parts, where there are parts. */
  readonly analyze?: number;
  readonly render?: number;
  /** With the smoother's time, which the figures leave out. */
  readonly withSmoothing?: number;
  /** Milliseconds of the main thread a frame. */
  readonly active?: number;
  readonly cpu?: number;
}

/** What the rows of a run through x264 in one pass are called. */
export const inOnePass = (decoder: DecoderName) => `${decoder} pipeline to x264 in one pass`;

/** Prints the figures of all rounds, stage by stage, and writes them to a file. */
export function pipelineReport(
  options: PipelineOptions,
  ordinal: number | undefined,
  rounds: ReadonlyMap<string, readonly Measured[]>,
): void {
  const rows = [...rounds].map(([stage, runs]) => {
    const of = (key: keyof Measured): Spread | undefined => {
      const values = runs.map((run) => run[key]).filter((value) => value !== undefined);
      return values.length === 0 ? undefined : spread(values);
    };
    const keys = ['framesPerSecond', 'analyze', 'render', 'withSmoothing', 'active', 'cpu'] as const;
    return { stage, ...Object.fromEntries(keys.map((key) => [key, of(key)])) } as { stage: string } & Record<
      (typeof keys)[number],
      Spread | undefined
    >;
  });
  const shown = (value: Spread | undefined, digits: number) => value?.median.toFixed(digits) ?? '';
  printTable(
    ['stage', 'frames/s', 'min', 'max', 'analysis', 'rendering', 'with smoothing', 'main ms/frame', 'on CPU'],
    rows.map(({ stage, framesPerSecond, analyze, render, withSmoothing, active, cpu }) => [
      stage,
      shown(framesPerSecond, 0),
      framesPerSecond?.min.toFixed(0) ?? '',
      framesPerSecond?.max.toFixed(0) ?? '',
      shown(analyze, 0),
      shown(render, 0),
      shown(withSmoothing, 0),
      shown(active, 3),
      shown(cpu, 3),
    ]),
  );
  const verdicts = verdictsOf(rounds);
  for (const { figure, target, measured, reached } of verdicts) {
    console.log(`${reached ? 'reached ' : 'MISSED  '} ${figure}: ${measured} (target ${target})`);
  }
  const { devices, architectures, driverVersion } = addonInfo().cudaReport;
  const device = devices.find((one) => one.ordinal === ordinal);
  const file = options.output ?? path.join(root, 'tools/bench/results/pipeline.json');
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  const about = { device, architectures, driverVersion, clip: path.basename(options.clip), runs: options.runs };
  writeFileSync(file, `${JSON.stringify({ ...environment(), ...about, verdicts, rows }, null, 1)}\n`);
  console.log(`→ ${file}`);
}

/** Ratios are taken within a round; the median of them counts. */
function verdictsOf(rounds: ReadonlyMap<string, readonly Measured[]>): Verdict[] {
  const verdicts: Verdict[] = [];
  const values = (stage: string, key: keyof Measured = 'framesPerSecond') =>
    rounds.get(stage)?.map((run) => run[key] ?? Number.NaN);
  const atLeast = (figure: string, found: readonly number[] | undefined, target: number, digits: number) => {
    if (found === undefined) return;
    const measured = median(found);
    const range = `${Math.min(...found).toFixed(digits)} to ${Math.max(...found).toFixed(digits)}`;
    verdicts.push({
      figure: `pipeline: ${figure}`,
      target: `≥ ${target}`,
      measured: `${measured.toFixed(digits)} (${range})`,
      reached: measured >= target,
    });
  };
  const ratio = (figure: string, stage: string, base: string, target: number) => {
    const [above, below] = [values(stage), values(base)];
    if (above !== undefined && below !== undefined) {
      atLeast(
        figure,
        above.map((value, i) => value / below[i]),
        target,
        3,
      );
    }
  };
  ratio('whole run to a null sink / NVDEC alone', 'nvdec pipeline, sink on the device', 'nvdec alone', 0.9);
  ratio('the same, pictures brought to host memory', 'nvdec pipeline, sink in host memory', 'nvdec alone', 0.9);
  atLeast('software decoding, frames/s', values('software pipeline, sink on the device'), 1000, 0);
  atLeast('the same, pictures brought to host memory', values('software pipeline, sink in host memory'), 1000, 0);
  ratio('rendering to x264 / x264 alone', 'clip on the device, rendering to x264', 'x264 ultrafast alone', 0.95);
  ratio('whole run to x264 / x264 alone', 'whole pipeline to x264', 'x264 ultrafast alone', 0.95);
  const likewise = 'x264 ultrafast in a thread, alone';
  ratio('rendering to x264 / x264 in a thread, alone', 'clip on the device, rendering to x264', likewise, 0.95);
  ratio('whole run to x264 / x264 in a thread, alone', 'whole pipeline to x264', likewise, 0.95);
  for (const decoder of ['nvdec', 'software'] as const) {
    const figure = `whole run in one pass to x264, ${decoder}`;
    ratio(`${figure} / x264 alone`, inOnePass(decoder), 'x264 ultrafast alone', 0.95);
    ratio(`${figure} / x264 in a thread, alone`, inOnePass(decoder), likewise, 0.95);
  }
  for (const stage of rounds.keys()) {
    if (stage.endsWith('alone')) continue;
    const active = values(stage, 'active')?.filter((value) => !Number.isNaN(value));
    if (active === undefined || active.length === 0) continue;
    const measured = median(active);
    verdicts.push({
      figure: `pipeline: main thread, ms a frame, ${stage}`,
      target: '≤ 0.15',
      measured: measured.toFixed(3),
      reached: measured <= 0.15,
    });
  }
  return verdicts;
}
