import os from 'node:os';
import {
  type Estimator,
  type Fallback,
  GimbalError,
  type Renderer,
  type RuntimeInfo,
  type SourceWarning,
  type StabilizeResult,
  throwIfAborted,
} from '@gimbal/core';
import type { CornerMask } from '@gimbal/cuda-classical';
import { createRenderer, probeDevices, withHostFrames } from '@gimbal/native';
import { type ClipFrames, openClip } from '../clip/openClip.js';
import { estimators } from '../estimators.js';
import { followMask } from '../stabilize/followMask.js';
import { overlayMask } from '../stabilize/overlayMask.js';
import type { Settings } from '../stabilize/settings.js';

/** What went wrong without ending a job. */
export type JobWarning = SourceWarning | { readonly code: 'device-failure' | 'not-measured'; readonly message: string };

/** The parts of a job that reads a clip, each on the device that the settings mean. */
export interface JobParts {
  readonly clip: ClipFrames;
  /** Present where the job measures. */
  readonly estimator: Estimator | undefined;
  /** Makes a renderer where the clip's frames are. */
  renderer(): Renderer;
  /** Makes a renderer of frames that are to be measured: it repeats the edge. */
  rectifier(): Renderer;
  /** What goes on when the device fails; absent where that device, or its decoder, was asked for by name. */
  readonly fallback: Fallback | undefined;
  warnings(result: Pick<StabilizeResult, 'deviceFailure'>): JobWarning[];
  /** What the user should know of how the clip was measured. */
  readonly notes: readonly string[];
  /** Remembers what is to be closed too, before the parts. */
  onClose(close: () => unknown): void;
  /** Closes everything that was made. Never throws: how the job itself went matters more. */
  close(): Promise<void>;
}

interface PartsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Every frame is read once only. */
  readonly once: boolean;
  /** Whether motion is measured. */
  readonly measures: boolean;
  /** An alpha channel is to be kept. */
  readonly alpha?: boolean | undefined;
}

type Sampled = Pick<Settings, 'interpolation' | 'border'>;

/** Longest that a plug-in may take to put its things away. */
const DISPOSE_SECONDS = 3;

/** Opens the clip and, meanwhile, makes the estimator. */
export async function openParts(
  input: string,
  settings: Settings,
  { signal, once, measures, alpha }: PartsOptions,
): Promise<JobParts> {
  const closing: (() => unknown)[] = [];
  const close = async () => {
    for (const one of closing.splice(0).reverse()) await (async () => one())().catch(() => undefined);
  };
  const onCpu: Settings = { ...settings, device: 'cpu' };
  const notes: string[] = [];
  let opening: Promise<ClipFrames> | undefined;
  let masking: Promise<CornerMask | undefined> | undefined;
  /** What is left out of the picture, which is known once the clip is open: what the settings say, otherwise what stands still on it. */
  const maskFor = async (clip: ClipFrames): Promise<CornerMask | undefined> => {
    if (settings.mask !== undefined || settings.region !== undefined)
      return followMask(settings, clip.video.info, signal);
    if (settings.estimator !== 'classical' || 'mask' in settings.estimatorOptions) return undefined;
    const { threads, deinterlace, stream, start, end } = settings;
    const found = await overlayMask(input, { signal, threads, deinterlace, stream, start, end }).catch(
      (error: unknown) => {
        // What is wrong with the clip is told by who reads all of it.
        throwIfAborted(signal);
        if (!GimbalError.isInstance(error)) throw error;
        return undefined;
      },
    );
    if (found !== undefined) {
      const share = found.data.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0) / found.data.length;
      notes.push(
        `Something stands still on the picture while the camera moves, such as a logo: ${(100 * share).toFixed(0)} % of the picture was left out of the ` +
          'measure (--region 0,0,100%,100% measures everywhere).',
      );
    }
    return found;
  };
  const maskOption = async () => {
    if (opening === undefined) return {};
    masking ??= opening.then(maskFor);
    const mask = await masking;
    return mask === undefined ? {} : { mask };
  };
  const makeEstimator = async (where: Settings) => {
    const context = { runtime: runtimeInfo(where) };
    const { estimator } = where;
    const estimatorOptions = { ...where.estimatorOptions, ...(await maskOption()) };
    const made = await estimators.createEstimator(estimator, estimatorOptions, context, { from: process.cwd() });
    closing.push(() => within(DISPOSE_SECONDS, made.dispose?.()));
    return made;
  };
  try {
    // Later questions about devices are answered at once.
    if (settings.device !== 'cpu') await probeDevices();
    opening = openClip(input, { ...settings, signal, once, alpha });
    const [opened, made] = await Promise.allSettled([opening, measures ? makeEstimator(settings) : undefined]);
    if (opened.status === 'rejected') throw opened.reason;
    const clip = opened.value;
    closing.unshift(() => clip.close());
    // One that reads host memory gets frames of a device brought over.
    const reaching = (estimator: Estimator) => {
      if (clip.device === 'cpu') return estimator;
      const reached = withHostFrames(estimator);
      if (reached !== estimator) closing.push(() => within(DISPOSE_SECONDS, reached.dispose?.()));
      return reached;
    };
    const rendererFor = (device: Settings['device'], { interpolation, border }: Sampled = settings) => {
      const { threads } = settings;
      const renderer = createRenderer({
        interpolation,
        border: border === 'crop' ? 'replicate' : border,
        threads,
        device,
      });
      closing.push(() => renderer.dispose?.());
      return renderer;
    };
    let estimator: Estimator | undefined;
    // A device that `auto` could not use is none.
    if (measures && clip.problem !== undefined) estimator = await makeEstimator(onCpu);
    else if (made.status === 'rejected') throw made.reason;
    else estimator = made.value && reaching(made.value);
    return {
      clip,
      estimator,
      renderer: () => rendererFor(clip.device),
      rectifier: () => rendererFor(clip.device, { interpolation: 'bicubic', border: 'replicate' }),
      fallback:
        settings.device === 'auto' && settings.decoder !== 'nvdec'
          ? {
              source: clip.inHostMemory,
              estimator: () => makeEstimator(onCpu),
              renderer: () => rendererFor('cpu'),
            }
          : undefined,
      notes,
      warnings: (result) => [...clip.warnings, ...deviceWarnings(clip, result)],
      onClose: (one) => void closing.push(one),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a plug-in gets to know of this machine. */
export function runtimeInfo({ device, threads }: Pick<Settings, 'device' | 'threads'>): RuntimeInfo {
  return { platform: process.platform, arch: process.arch, threads: threads ?? os.availableParallelism(), device };
}

function within(seconds: number, work: Promise<void> | void): Promise<void> {
  return Promise.race([Promise.resolve(work), new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000))]);
}

function deviceWarnings(
  { problem }: ClipFrames,
  { deviceFailure }: Pick<StabilizeResult, 'deviceFailure'>,
): JobWarning[] {
  if (problem !== undefined) return [{ code: 'device-failure', message: `The CPU did the work: ${problem}` }];
  if (deviceFailure === undefined) return [];
  const { stage, frame, error } = deviceFailure;
  const from = stage === 'analyze' ? `frame ${frame} of the analysis` : `frame ${frame} of the rendering`;
  return [{ code: 'device-failure', message: `From ${from} on the CPU did the work: ${error.message}` }];
}
