import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chooseDevice, type FrameSink } from '@gimbal/core';
import { addonInfo, cudaBridge } from '@gimbal/native';
import { environment } from '../environment.js';
import { nullSink } from '../nullSink.js';
import { root } from '../places.js';
import type { Verdict } from '../results.js';
import { median, type Spread, spread } from '../spread.js';
import { printTable } from '../table.js';
import { type ClipRun, makeWorkers, runClip, type Workers } from './clipRun.js';
import { type DecoderName, openClip, openDecoder } from './clipSource.js';
import { deviceNullSink } from './deviceNullSink.js';
import { drawTimeline } from './drawTimeline.js';
import { encodeAlone, fastEncoder, fastEncoderFor, renderForEncoder } from './encoderAlone.js';
import { watchMainThread } from './mainThread.js';
import { type PipelineOptions, parsePipelineOptions } from './pipelineOptions.js';

/** Rendered pictures that are kept for timing the encoder alone. */
const MOST_PICTURES = 300;

/** What a stage gave in one round. */
interface Measured {
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

/** The figures of the whole frame loop; see the README. */
export async function pipeline(args: readonly string[]): Promise<void> {
  const options = parsePipelineOptions(args);
  const ordinal = chooseDevice(options.device, () => addonInfo().cudaReport);
  if (ordinal !== undefined) await cudaBridge.shareContext(ordinal);
  const workers = await makeWorkers(options.device);
  try {
    const decoders = await decodersFor(options, ordinal);
    const rounds = await measure(options, ordinal, decoders, workers);
    report(options, ordinal, rounds);
    if (options.timeline !== undefined) {
      for (const decoder of decoders) await drawTimeline(options, ordinal, decoder, workers, options.timeline);
    }
  } finally {
    await workers.dispose();
  }
}

async function decodersFor(options: PipelineOptions, ordinal: number | undefined): Promise<DecoderName[]> {
  if (ordinal === undefined) return ['software'];
  try {
    await (await openDecoder(options, 'nvdec')).close();
    return ['nvdec', 'software'];
  } catch (error) {
    console.log(`without NVDEC: ${error instanceof Error ? error.message : error}`);
    return ['software'];
  }
}

/** All stages, round after round, so that slow moments of the machine hit all alike. The first round warms up and is dropped. */
async function measure(
  options: PipelineOptions,
  ordinal: number | undefined,
  decoders: readonly DecoderName[],
  workers: Workers,
): Promise<Map<string, Measured[]>> {
  const all = new Map<string, Measured[]>();
  const encoder = await encoderStages(options, ordinal, workers);
  const stages: Record<string, () => Promise<Measured>> = {};
  for (const decoder of decoders) {
    stages[`${decoder} alone`] = () => decodeAlone(options, decoder);
    if (ordinal !== undefined) {
      stages[`${decoder} pipeline, sink on the device`] = () =>
        wholeRun(options, decoder, workers, deviceNullSink(ordinal));
    }
    stages[`${decoder} pipeline, sink in host memory`] = () => wholeRun(options, decoder, workers, nullSink());
  }
  Object.assign(stages, encoder.stages);
  try {
    for (let round = 0; round <= options.runs; round++) {
      for (const [stage, run] of Object.entries(stages)) {
        const measured = await run();
        if (round > 0) all.set(stage, [...(all.get(stage) ?? []), measured]);
        console.error(`pipeline: round ${round}, ${stage}: ${measured.framesPerSecond.toFixed(0)} frames/s`);
      }
    }
  } finally {
    await encoder.close();
  }
  return all;
}

async function decodeAlone(options: PipelineOptions, decoder: DecoderName): Promise<Measured> {
  const video = await openDecoder(options, decoder);
  try {
    const start = performance.now();
    const worked = watchMainThread();
    let frames = 0;
    for await (const frame of video.frames()) {
      frame.close();
      frames++;
    }
    const { active, cpu } = worked();
    const seconds = (performance.now() - start) / 1000;
    return { framesPerSecond: frames / seconds, active: active / frames, cpu: cpu / frames };
  } finally {
    await video.close();
  }
}

async function wholeRun(
  options: PipelineOptions,
  decoder: DecoderName,
  workers: Workers,
  sink: FrameSink,
): Promise<Measured> {
  const { source, fits } = await openClip(options, decoder);
  try {
    const run = await runClip(source, sink, workers);
    if (fits() === false) throw new Error('The clip does not fit the device; take a shorter one.');
    return figuresOf(run);
  } finally {
    await source.close();
  }
}

function figuresOf({ frames, analyze, smooth, render, mainThread }: ClipRun): Measured {
  return {
    framesPerSecond: frames / (analyze + render),
    analyze: frames / analyze,
    render: frames / render,
    withSmoothing: frames / (analyze + smooth + render),
    active: mainThread.active / frames,
    cpu: mainThread.cpu / frames,
  };
}

/** libx264 ultrafast on rendered pictures, alone and at the end of the pipeline, which decodes as the command would. */
async function encoderStages(options: PipelineOptions, ordinal: number | undefined, workers: Workers) {
  const clip = await openClip(options, 'auto');
  const motion = await runClip(clip.source, nullSink(), workers);
  const rendered = await renderForEncoder(clip.source, clip.video, workers, motion, MOST_PICTURES);
  const encode = async (analysed: boolean): Promise<Measured> => {
    const { video, source } = analysed ? await openClip(options, 'auto') : clip;
    try {
      const sink = fastEncoderFor(ordinal, video, 'pipeline.mp4');
      return figuresOf(await runClip(source, sink, workers, analysed ? undefined : motion.motion));
    } finally {
      if (analysed) await source.close();
    }
  };
  const alone = async (sinkFor: (name: string) => FrameSink) => ({
    framesPerSecond: await encodeAlone(rendered, sinkFor),
  });
  return {
    stages: {
      'x264 ultrafast alone': () => alone((name) => fastEncoder(clip.video, name)),
      ...(ordinal !== undefined && {
        'x264 ultrafast in a thread, alone': () => alone((name) => fastEncoderFor(ordinal, clip.video, name)),
      }),
      'clip on the device, rendering to x264': async () => {
        const { render, active, cpu } = await encode(false);
        return { framesPerSecond: render as number, active, cpu };
      },
      'whole pipeline to x264': () => encode(true),
    },
    async close() {
      await rendered.close();
      await clip.source.close();
    },
  };
}

function report(options: PipelineOptions, ordinal: number | undefined, rounds: ReadonlyMap<string, Measured[]>): void {
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
function verdictsOf(rounds: ReadonlyMap<string, Measured[]>): Verdict[] {
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
