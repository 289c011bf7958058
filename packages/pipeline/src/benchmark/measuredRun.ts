import type { Evaluation } from '@gimbal/metrics';
import { openVideo } from '@gimbal/video';
import { estimators } from '../estimators.js';
import { evaluateFile } from '../evaluateFile.js';
import { runtimeInfo } from '../jobs/jobParts.js';
import type { OnProgress } from '../progress.js';
import type { Settings } from '../stabilize/settings.js';
import type { StabilizeSummary } from '../stabilize/stabilizeSummary.js';
import { stabilizeFile } from '../stabilizeFile.js';
import { type EstimationSpeed, estimationSpeed } from './estimationSpeed.js';

/** One estimator on one clip. Plain data: it goes to another process. */
export interface RunOrder {
  readonly input: string;
  readonly output: string;
  readonly settings: Settings & { readonly estimator: string };
}

/** What a run came to. Plain data: it is kept as JSON. */
export interface MeasuredRun {
  /** What the run knows of itself; its paths are left out, they may be temporary. */
  readonly report: Omit<StabilizeSummary, 'input' | 'output'>;
  /** Of the decoded output, all frames, by the same referee for everyone. */
  readonly evaluation: Evaluation;
  /** Share of the original's own frames that show a black border, 0 to 1; only looked for where the output shows one. */
  readonly borderShareOriginal: number;
  /** Seconds on the clock from opening the input until the output is complete, the making of the estimator included. */
  readonly wallSeconds: number;
  /** The same in processor time, user and system, all threads. */
  readonly cpuSeconds: number;
  /** Largest resident set of the process until then. */
  readonly peakBytes: number;
  readonly speed: EstimationSpeed;
}

/**
 * Stabilizes one clip as `gimbal stabilize` does, measures the file it wrote as `gimbal evaluate` does, and then times the estimator
 * alone. Meant for a process of its own: processor time and memory are the whole process's.
 * @throws what {@link stabilizeFile}, {@link evaluateFile} and the estimator throw.
 */
export async function measuredRun(
  { input, output, settings }: RunOrder,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<MeasuredRun> {
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const { summary } = await stabilizeFile(input, output, { ...settings, onProgress, signal });
  const wallSeconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const evaluation = await evaluateFile(input, output, { deinterlace: settings.deinterlace, onProgress, signal });
  // A letterboxed original keeps its bars: they are not the estimator's doing.
  const borderShareOriginal =
    evaluation.borders.frameShare > 0
      ? (await evaluateFile(input, input, { onProgress, signal })).borders.frameShare
      : 0;
  const { input: from, output: to, ...report } = summary;
  return {
    report,
    evaluation,
    borderShareOriginal,
    wallSeconds,
    cpuSeconds: (user + system) / 1e6,
    peakBytes,
    speed: await speedAlone(input, settings, signal),
  };
}

async function speedAlone(input: string, settings: Settings, signal: AbortSignal): Promise<EstimationSpeed> {
  const closing: (() => unknown)[] = [];
  try {
    // Nothing is read twice, so nothing need be kept.
    const source = await openVideo(input, {
      signal,
      threads: settings.threads,
      deinterlace: settings.deinterlace,
    });
    closing.push(() => source.close());
    const context = { runtime: runtimeInfo(settings) };
    const { estimator: reference, estimatorOptions, timeout } = settings;
    const estimator = await estimators.createEstimator(reference, estimatorOptions, context, { from: process.cwd() });
    closing.push(() => estimator.dispose?.());
    return await estimationSpeed(source, estimator, { signal, timeout: timeout * 1000 });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}
