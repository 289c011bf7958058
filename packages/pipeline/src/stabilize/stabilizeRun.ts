import { readFile } from 'node:fs/promises';
import os from 'node:os';
import {
  type ClipMotion,
  type Estimator,
  GimbalError,
  type LookAheadOptions,
  lookAheadPlan,
  parseMotion,
  type Renderer,
  type RuntimeInfo,
  type SourceWarning,
  type StabilizeResult,
  stabilize,
} from '@gimbal/core';
import { type PlanSummary, summarizePlan } from '@gimbal/metrics';
import { createRenderer, cudaBridge, probeDevices, withHostFrames } from '@gimbal/native';
import { createVideoSink } from '@gimbal/video';
import { type ClipFrames, type FramePlacement, openClip } from '../clip/clipFrames.js';
import { estimators } from '../estimators.js';
import type { OnProgress } from '../progress.js';
import { threadPlan } from '../thread/threadPlan.js';
import { createThreadSink } from '../thread/threadSink.js';
import { checkOnePass } from './checkOnePass.js';
import { checkSideOutputs } from './checkSideOutputs.js';
import type { RunFiles } from './runFiles.js';
import type { Settings } from './settings.js';
import { sideBySide } from './sideBySide.js';
import { isOwnSmoother, smootherFor } from './smootherFor.js';

/** What a finished run knows of itself. */
export interface StabilizeRun {
  readonly files: RunFiles;
  readonly result: StabilizeResult;
  readonly planned: PlanSummary;
  readonly smoother: string;
  readonly placement: FramePlacement;
  /** What went wrong but did not end the run. */
  readonly warnings: readonly (SourceWarning | { readonly code: 'device-failure'; readonly message: string })[];
  /** What could not be kept as it was in the input. */
  readonly notes: readonly string[];
}

/** What a plug-in gets to know of this machine. */
export function runtimeInfo(settings: Pick<Settings, 'device' | 'threads'>): RuntimeInfo {
  return {
    platform: process.platform,
    arch: process.arch,
    threads: settings.threads ?? os.availableParallelism(),
    device: settings.device,
  };
}

/** Composes source, estimator, smoother, renderer and sink as the settings say, and runs them. Closes all of them, whatever happens. */
export async function stabilizeRun(
  files: RunFiles,
  settings: Settings,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<StabilizeRun> {
  checkOnePass(files, settings);
  const sideOutputs = checkSideOutputs(files, settings.overwrite);
  const smoother = await smootherFor(settings);
  const { lookAhead } = settings;
  const motion = files.motion === undefined ? undefined : await readMotion(files.motion);
  const closing: (() => unknown)[] = [];
  try {
    // Whoever asks for devices after this is answered at once: waking the driver would stop the event loop.
    if (settings.device !== 'cpu') await probeDevices();
    const clip = await openClip(files.input, {
      ...settings,
      signal,
      once: motion !== undefined || lookAhead !== undefined,
    });
    closing.push(() => clip.close());
    const onCpu: Settings = { ...settings, device: 'cpu' };
    // A device that `auto` could not use is none.
    const chosen = clip.problem === undefined ? settings : onCpu;
    const estimatorFor = async (settings: Settings) => {
      const made = await makeEstimator(settings);
      // One that reads host memory gets frames of a device brought over.
      const estimator = clip.device === 'cpu' ? made : withHostFrames(made);
      closing.push(() => within(DISPOSE_SECONDS, estimator.dispose?.()));
      return estimator;
    };
    const rendererFor = (settings: Settings) => {
      const renderer = makeRenderer(settings);
      closing.push(() => renderer.dispose?.());
      return renderer;
    };
    const estimator = motion === undefined ? await estimatorFor(chosen) : undefined;
    // This thread has a device to keep busy; without one, whatever it spares is taken from the work on the frames.
    const encoding = {
      source: clip.video,
      overwrite: settings.overwrite,
      codec: settings.codec,
      pixelFormat: settings.pixelFormat,
      crf: settings.crf,
      preset: settings.preset,
      threads: settings.threads,
    };
    const onDevice = settings.encoder !== 'software';
    const sink = onDevice
      ? createVideoSink(files.output, {
          ...encoding,
          encoder: settings.encoder,
          device: clip.device === 'cpu' ? 'cuda' : clip.device,
          cuda: cudaBridge,
        })
      : (clip.device === 'cpu' ? createVideoSink : createThreadSink)(files.output, encoding);
    closing.push(() => sink.abort());
    const renderer = rendererFor({ ...settings, device: clip.device });
    const output = settings.compare
      ? sideBySide(renderer, sink, clip.video.info.stream.rotation)
      : { renderer, sink, around: (other: Renderer) => other };
    const planned = (options: LookAheadOptions) => {
      const { smoother: name, strength } = settings;
      // A plug-in's smoother cannot be made anew in the thread that plans for a device.
      if (clip.device === 'cpu' || !isOwnSmoother(name)) return lookAheadPlan(options);
      const plan = threadPlan({ name, strength }, options);
      closing.push(() => plan.close());
      return plan;
    };
    const result = await stabilize({
      source: clip.source,
      estimator,
      motion,
      smoother,
      renderer: output.renderer,
      sink: output.sink,
      // Whoever named a device, or its decoder, wants that one or none.
      fallback:
        settings.device === 'auto' && settings.decoder !== 'nvdec'
          ? {
              source: clip.inHostMemory,
              estimator: () => estimatorFor(onCpu),
              renderer: () => output.around(rendererFor(onCpu)),
            }
          : undefined,
      maxCrop: settings.maxCrop,
      border: settings.border,
      zoom: settings.zoom,
      lookAhead: lookAhead === undefined ? undefined : { seconds: lookAhead, plan: planned },
      timeout: settings.timeout * 1000,
      signal,
      onProgress: ({ stage, done, total }) => onProgress({ stage, done, total }),
    });
    await sideOutputs(result.motion, signal);
    return {
      files,
      result,
      planned: await summarizePlan(result.motion, result.plan, signal),
      smoother: smoother.name,
      placement: clip.placement(),
      warnings: [...clip.warnings, ...sink.warnings, ...deviceWarnings(clip, result)],
      notes: [...clip.video.info.notes, ...sink.notes],
    };
  } finally {
    // How the run itself went matters more than whether everything could be put away.
    for (const close of closing.reverse()) await (async () => close())().catch(() => undefined);
  }
}

/** Longest that a plug-in may take to put its things away. */
const DISPOSE_SECONDS = 3;

function within(seconds: number, work: Promise<void> | void): Promise<void> {
  return Promise.race([Promise.resolve(work), new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000))]);
}

function makeRenderer(settings: Settings): Renderer {
  return createRenderer({
    interpolation: settings.interpolation,
    border: settings.border === 'crop' ? 'replicate' : settings.border,
    threads: settings.threads,
    device: settings.device,
  });
}

function deviceWarnings({ problem }: ClipFrames, { deviceFailure }: StabilizeResult): StabilizeRun['warnings'] {
  if (problem !== undefined) return [{ code: 'device-failure', message: `The CPU did the work: ${problem}` }];
  if (deviceFailure === undefined) return [];
  const { stage, frame, error } = deviceFailure;
  const from = stage === 'analyze' ? `frame ${frame} of the analysis` : `frame ${frame} of the rendering`;
  return [{ code: 'device-failure', message: `From ${from} on the CPU did the work: ${error.message}` }];
}

function makeEstimator(settings: Settings): Promise<Estimator> {
  const context = { runtime: runtimeInfo(settings) };
  return estimators.createEstimator(settings.estimator, settings.estimatorOptions, context, { from: process.cwd() });
}

async function readMotion(file: string): Promise<ClipMotion> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    throw new GimbalError('GIMBAL_E_MOTION_FILE', `The motion file ${file} cannot be read (${reason}).`, { cause });
  }
  return parseMotion(text);
}
