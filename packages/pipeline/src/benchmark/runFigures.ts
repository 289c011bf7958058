import type { ClipSteadiness } from '@gimbal/metrics';
import type { MeasuredRun } from './measuredRun.js';

/** The figures of one run that tables and plots use. What a clip does not have is `null`. */
export interface RunFigures {
  readonly frames: number;
  /** Median and root mean square over frames, px at 640 width. */
  readonly jitterIn: number | null;
  readonly jitterOut: number | null;
  readonly jitterRmsIn: number | null;
  readonly jitterRmsOut: number | null;
  /** Jitter out over jitter in, medians. */
  readonly jitterRatio: number | null;
  /** `path-min`: the definition that has an answer for every moving clip. */
  readonly stabilityIn: number | null;
  readonly stabilityOut: number | null;
  readonly bundledMinIn: number | null;
  readonly bundledMinOut: number | null;
  readonly dif2021In: number | null;
  readonly dif2021Out: number | null;
  readonly cropping: number;
  /** Eigenvalue ratio, 5th percentile over frames and worst frame. */
  readonly distortion: number;
  readonly distortionWorst: number;
  /** Share of frames with a black border: of the output, and of the original itself. */
  readonly borderShare: number;
  readonly borderShareIn: number;
  readonly unmatchedFrames: number;
  /** Frames whose motion was a best guess on thin evidence. */
  readonly fallbackFrames: number;
  /** Estimation alone, on decoded frames. */
  readonly pairsPerSecond: number | null;
  /** The whole run, from opening the input to the complete output. */
  readonly framesPerSecond: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly cpuMsPerFrame: number;
  readonly peakMiB: number;
}

export function runFigures({ report, evaluation, ...run }: MeasuredRun): RunFigures {
  const { original, stabilized, cropping, distortion, borders } = evaluation;
  const jitterIn = jitter(original, 'median');
  const jitterOut = jitter(stabilized, 'median');
  return {
    frames: report.frames,
    jitterIn,
    jitterOut,
    jitterRmsIn: jitter(original, 'rms'),
    jitterRmsOut: jitter(stabilized, 'rms'),
    jitterRatio: jitterIn === null || jitterOut === null || jitterIn === 0 ? null : jitterOut / jitterIn,
    stabilityIn: stability(original, 'pathMin'),
    stabilityOut: stability(stabilized, 'pathMin'),
    bundledMinIn: stability(original, 'bundledMin'),
    bundledMinOut: stability(stabilized, 'bundledMin'),
    dif2021In: stability(original, 'dif2021'),
    dif2021Out: stability(stabilized, 'dif2021'),
    cropping,
    distortion: distortion.eigenvalue.p5,
    distortionWorst: distortion.eigenvalue.min,
    borderShare: borders.frameShare,
    borderShareIn: run.borderShareOriginal,
    unmatchedFrames: evaluation.unmatched.length,
    fallbackFrames: report.fallbackFrames,
    pairsPerSecond: run.speed.pairsPerSecond,
    framesPerSecond: report.frames / run.wallSeconds,
    wallSeconds: run.wallSeconds,
    cpuSeconds: run.cpuSeconds,
    cpuMsPerFrame: (1000 * run.cpuSeconds) / report.frames,
    peakMiB: run.peakBytes / 2 ** 20,
  };
}

function jitter(clip: ClipSteadiness, which: 'median' | 'rms'): number | null {
  return clip.jitter.status === 'measured' ? clip.jitter[which] : null;
}

function stability(clip: ClipSteadiness, definition: keyof ClipSteadiness['stability']): number | null {
  const answer = clip.stability[definition];
  return answer.status === 'measured' ? answer.score : null;
}
