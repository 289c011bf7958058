import os from 'node:os';
import { GimbalError } from '@gimbal/core';
import { createClassicalEstimator } from '@gimbal/cuda-classical';
import {
  createInterpolator,
  frameRateOf,
  type InterpolateOptions,
  type InterpolationStatistics,
  interpolate,
  type Rational,
} from '@gimbal/interpolate';
import { cudaBridge } from '@gimbal/native';
import { createVideoSink, openVideo, type VideoInfo } from '@gimbal/video';
import type { Settings } from '../stabilize/settings.js';
import type { JobWarning } from './jobParts.js';
import type { JobContext } from './stabilizeJob.js';

/** The settings that say how the clip is read and stored. */
type ClipSettings = Pick<
  Settings,
  | 'device'
  | 'threads'
  | 'stream'
  | 'start'
  | 'end'
  | 'deinterlace'
  | 'format'
  | 'codec'
  | 'pixelFormat'
  | 'crf'
  | 'preset'
  | 'overwrite'
>;

/** What is to be made between the frames of a clip. Plain values. */
export interface InterpolateOrder extends Pick<InterpolateOptions, 'factor' | 'slow' | 'repair' | 'confidence'> {
  readonly input: string;
  readonly output: string;
  readonly fps?: number | string | Rational | undefined;
  /** A steady grid at the clip's own rate. */
  readonly cfr?: boolean | undefined;
  /** `auto`, `lite` or `camera`. */
  readonly interpolator: string;
  readonly settings: ClipSettings;
}

/** What was made, in plain values. */
export interface InterpolateSummary {
  readonly input: string;
  readonly output: string;
  readonly interpolator: string;
  /** Frames a second, nominally. */
  readonly frameRate: { readonly input: number; readonly output: number };
  readonly slow: number;
  readonly frames: InterpolationStatistics;
  /** From the first frame to the finished file. */
  readonly seconds: number;
  /** Frames written a second. */
  readonly framesPerSecond: number;
  readonly warnings: readonly JobWarning[];
  /** What could not be kept as it was, and what else there is to know. */
  readonly notes: readonly string[];
}

/** Interpolates a clip in this thread. Closes what it made, whatever happens. */
export async function interpolateJob(
  order: InterpolateOrder,
  { signal, onProgress }: JobContext,
): Promise<InterpolateSummary> {
  const { input, output, settings, slow = 1 } = order;
  const { device, threads = os.availableParallelism(), stream, start, end, deinterlace } = settings;
  const closing: (() => unknown)[] = [];
  try {
    const { interpolator, note } = await createInterpolator(order.interpolator, { device, threads });
    closing.push(() => interpolator.dispose?.());
    const clip = { stream, start, end, deinterlace, threads, cacheBytes: 0, cuda: cudaBridge, signal };
    const source = await openVideo(input, clip);
    closing.push(() => source.close());
    const estimator = await createClassicalEstimator({ device: 'cpu', threads });
    closing.push(() => estimator.dispose?.());
    const { info } = source;
    const request = requestOf(order, info);
    const made = interpolate(source, { ...request, interpolator, estimator, signal });
    const timed = timedLike(info, made.info.frameRate, request);
    const { overwrite, format, codec, pixelFormat, crf, preset } = settings;
    const sink = createVideoSink(output, {
      // At another speed sound and titles would not belong to the pictures.
      source:
        slow === 1
          ? { path: source.path, info: timed }
          : { format: info.format, frameRate: made.info.frameRate, fullRange: info.fullRange, stream: timed.stream },
      overwrite,
      container: format,
      codec,
      pixelFormat,
      crf,
      preset,
      threads,
      signal,
    });
    closing.push(() => sink.abort());
    const started = performance.now();
    let written = 0;
    for await (const frame of made.frames({ signal })) {
      if (written === 0) await sink.open(info);
      await sink.write(frame as Parameters<typeof sink.write>[0]);
      onProgress({ stage: 'interpolate', done: ++written, total: made.info.frameCount });
    }
    if (written === 0) {
      throw new GimbalError('GIMBAL_E_INPUT_NOT_VIDEO', 'The input has no frame that could be decoded.');
    }
    await sink.finish();
    const seconds = (performance.now() - started) / 1000;
    const frames = made.statistics;
    return {
      input,
      output,
      interpolator: interpolator.name,
      frameRate: { input: info.frameRate, output: made.info.frameRate },
      slow,
      frames,
      seconds,
      framesPerSecond: written / Math.max(seconds, 1e-9),
      warnings: [...source.warnings, ...sink.warnings],
      notes: [...info.notes, ...sink.notes, ...notesOf(frames, slow, note)],
    };
  } finally {
    // How the job itself went matters more than whether everything could be put away.
    for (const close of closing.reverse()) await (async () => close())().catch(() => undefined);
  }
}

type Request = Pick<InterpolateOptions, 'factor' | 'slow' | 'repair' | 'confidence'> & { readonly fps?: Rational };

/** What the order means for this clip: where a steady grid is needed and no rate is named, the clip's own. */
function requestOf(
  { fps, factor, slow, repair, cfr = false, confidence }: InterpolateOrder,
  { stream }: VideoInfo,
): Request {
  if (cfr && factor !== undefined) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      'A constant frame rate (cfr) and a factor contradict each other: a factor keeps the distances of the frames. Name the rate with fps.',
    );
  }
  const own = { num: stream.frameRate.num, den: stream.frameRate.den };
  const steady = cfr || repair === true || (slow !== undefined && !Number.isInteger(slow) && factor === undefined);
  const rate = fps === undefined ? (steady && factor === undefined ? own : undefined) : frameRateOf(fps);
  return { factor, slow, repair, confidence, ...(rate !== undefined && { fps: rate }) };
}

/** Most ticks a second that containers take. */
const MOST_TICKS = 1_000_000;

/** What the sink knows of the clip, with a clock on which the made times fall. */
function timedLike(info: VideoInfo, frameRate: number, { fps, factor, slow = 1 }: Request): VideoInfo {
  const { stream } = info;
  const parts = factor ?? slow;
  const rate = fps ?? { num: stream.frameRate.num * parts, den: Math.max(1, Math.round(stream.frameRate.den * slow)) };
  const { num, den } = stream.timeBase;
  const ticks = fps === undefined ? { num, den: den * parts } : { num: 1, den: fps.num };
  const timeBase = ticks.den <= MOST_TICKS * 10 ? ticks : { num: 1, den: MOST_TICKS };
  return { ...info, frameRate, frameCount: undefined, stream: { ...stream, timeBase, frameRate: rate } };
}

function notesOf(frames: InterpolationStatistics, slow: number, note: string | undefined): string[] {
  const notes: string[] = [];
  if (note !== undefined) notes.push(note);
  if (slow !== 1) {
    notes.push('Left out: sound, subtitles and chapters, which belong to the clip at its own speed.');
  }
  if (frames.read === 1) notes.push('The clip has one frame: there is nothing between frames to make.');
  const plain = (count: number) => (count === 1 ? '1 frame' : `${count} frames`);
  if (frames.camera > 0) {
    notes.push(`${plain(frames.camera)} had too little confidence and were made with the camera's motion alone.`);
  }
  const unsure = frames.nearest - frames.atCuts - frames.atEnd;
  if (unsure > 0) notes.push(`${plain(unsure)} could not be made with confidence and repeat the nearest frame.`);
  if (frames.atCuts > 0)
    notes.push(`${plain(frames.atCuts)} at ${frames.cuts} cuts repeat the nearest frame; shots are never mixed.`);
  return notes;
}
