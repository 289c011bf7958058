import os from 'node:os';
import {
  type ClipMotion,
  type Estimator,
  type FrameSink,
  type FrameSource,
  type LookAheadOptions,
  type Renderer,
  stabilize,
} from '@gimbal/core';
import classical from '@gimbal/cuda-classical';
import { createRenderer } from '@gimbal/native';
import { type WorkerPlan, workerPlan } from '@gimbal/pipeline/parts';
import { createSmoother } from '@gimbal/smoothers';
import { type MainThreadTime, watchMainThread } from './mainThread.js';

/** One run of the whole pipeline over a clip. */
export interface ClipRun {
  readonly frames: number;
  /** Seconds of wall-clock time. */
  readonly analyze: number;
  readonly smooth: number;
  /** Until the sink has finished. */
  readonly render: number;
  /** Of the main thread, in the analysis and in the rendering together. */
  readonly mainThread: MainThreadTime;
}

/** The parts that work on frames; made once, used for every run. */
export interface Workers {
  readonly estimator: Estimator;
  readonly renderer: Renderer;
  dispose(): Promise<void>;
}

export async function makeWorkers(device: 'cpu' | 'cuda' | `cuda:${number}`): Promise<Workers> {
  const runtime = { platform: process.platform, arch: process.arch, threads: os.availableParallelism(), device };
  const estimator = await classical.create(classical.parseOptions({}), { runtime });
  const renderer = createRenderer({ device, interpolation: 'bicubic', border: 'replicate' });
  return {
    estimator,
    renderer,
    async dispose() {
      await estimator.dispose?.();
      await renderer.dispose?.();
    },
  };
}

/** The defaults of `gimbal stabilize`. */
const SMOOTHER = 'l1-optimal';
const SMOOTHER_AHEAD = 'gaussian';

/** What a run does otherwise than `gimbal stabilize` by default. */
export interface ClipRunOptions {
  /** Known already: there is no analysis. */
  readonly motion?: ClipMotion | undefined;
  /** Seconds of look-ahead: one pass, smoothed in a thread of its own as for a device. Its main-thread time is that of the whole run. */
  readonly lookAhead?: number | undefined;
}

/** Stabilizes as `gimbal stabilize` does, but bicubic. */
export async function runClip(
  source: FrameSource,
  sink: FrameSink,
  { estimator, renderer }: Pick<Workers, 'estimator' | 'renderer'>,
  { motion, lookAhead }: ClipRunOptions = {},
): Promise<ClipRun & { readonly motion: ClipMotion }> {
  let analysed = watchMainThread();
  let rendered = analysed;
  let [analysis, rendering]: (MainThreadTime | undefined)[] = [];
  const watched: FrameSink = {
    memory: sink.memory,
    open(size) {
      rendered = watchMainThread();
      return sink.open(size);
    },
    allocate: (like) => sink.allocate(like),
    write: (frame) => sink.write(frame),
    async finish() {
      await sink.finish();
      rendering = rendered();
    },
    abort: () => sink.abort(),
  };
  analysed = watchMainThread();
  const plans: WorkerPlan[] = [];
  const plan = (options: LookAheadOptions) => {
    plans.push(workerPlan({ name: SMOOTHER_AHEAD }, options));
    return plans[0];
  };
  const result = await stabilize({
    source,
    estimator,
    motion,
    smoother: createSmoother(lookAhead === undefined ? SMOOTHER : SMOOTHER_AHEAD, {}),
    lookAhead: lookAhead === undefined ? undefined : { seconds: lookAhead, plan },
    renderer,
    sink: watched,
    onProgress({ stage }) {
      if (stage === 'smooth') analysis ??= analysed();
    },
  });
  for (const { close } of plans) await close();
  const parts = lookAhead === undefined ? [analysis, rendering].filter((part) => part !== undefined) : [analysed()];
  const sum = (pick: (time: MainThreadTime) => number) => parts.reduce((total, part) => total + pick(part), 0);
  return {
    motion: result.motion,
    frames: result.frames,
    ...result.seconds,
    mainThread: { active: sum(({ active }) => active), cpu: sum(({ cpu }) => cpu) },
  };
}
