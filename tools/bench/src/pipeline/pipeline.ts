import type { FrameSink } from '@gimbal/core';
import { chooseDevice } from '@gimbal/core/device';
import { addonInfo, cudaBridge } from '@gimbal/native';
import { nullSink } from '../nullSink.js';
import { type ClipRun, type ClipRunOptions, makeWorkers, runClip, type Workers } from './clipRun.js';
import { type ClipSource, type DecoderName, openClip, openDecoder } from './clipSource.js';
import { deviceNullSink } from './deviceNullSink.js';
import { drawTimeline } from './drawTimeline.js';
import { encodeAlone, fastEncoder, renderForEncoder } from './encoderAlone.js';
import { watchMainThread } from './mainThread.js';
import { type PipelineOptions, parsePipelineOptions } from './pipelineOptions.js';
import { inOnePass, type Measured, pipelineReport } from './pipelineReport.js';

/** Rendered pictures that are kept for timing the encoder alone. */
const MOST_PICTURES = 300;

/** Seconds of look-ahead of the run in one pass. */
const LOOK_AHEAD = 2;

/** The figures of the whole frame loop; see the README. */
export async function pipeline(args: readonly string[]): Promise<void> {
  const options = parsePipelineOptions(args);
  const ordinal = chooseDevice(options.device, () => addonInfo().cudaReport);
  if (ordinal !== undefined) await cudaBridge.shareContext(ordinal);
  const workers = await makeWorkers(options.device);
  try {
    const decoders = await decodersFor(options, ordinal);
    const rounds = await measure(options, ordinal, decoders, workers);
    pipelineReport(options, ordinal, rounds);
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
  const encoder = await encoderStages(options, decoders, workers);
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
async function encoderStages(options: PipelineOptions, decoders: readonly DecoderName[], workers: Workers) {
  const clip = await openClip(options, 'auto');
  const motion = await runClip(clip.source, nullSink(), workers);
  const rendered = await renderForEncoder(clip.source, clip.video, workers, motion, MOST_PICTURES);
  const encode = async ({ video, source }: ClipSource, run: ClipRunOptions): Promise<Measured> =>
    figuresOf(await runClip(source, fastEncoder(video, 'pipeline.mp4'), workers, run));
  const open = async (decoder: DecoderName | 'auto', run: ClipRunOptions): Promise<Measured> => {
    // What is shown once need not be kept.
    const opened = await openClip(options, decoder, run.lookAhead === undefined ? undefined : 0);
    try {
      return await encode(opened, run);
    } finally {
      await opened.source.close();
    }
  };
  const alone = async (sinkFor: (name: string) => FrameSink) => ({
    framesPerSecond: await encodeAlone(rendered, sinkFor),
  });
  return {
    stages: {
      'x264 ultrafast alone': () => alone((name) => fastEncoder(clip.video, name)),
      'clip on the device, rendering to x264': async () => {
        const { render, active, cpu } = await encode(clip, motion);
        return { framesPerSecond: render as number, active, cpu };
      },
      'whole pipeline to x264': () => open('auto', {}),
      ...Object.fromEntries(
        decoders.map((decoder) => [inOnePass(decoder), () => open(decoder, { lookAhead: LOOK_AHEAD })]),
      ),
    },
    async close() {
      await rendered.close();
      await clip.source.close();
    },
  };
}
