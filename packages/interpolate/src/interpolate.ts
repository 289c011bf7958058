import {
  type ClipInfo,
  type Estimator,
  type Frame,
  type FrameSource,
  type FramesOptions,
  GimbalError,
  globalHomography,
  type HostFrame,
  type MotionField,
  type SourceWarning,
  throwIfAborted,
} from '@gimbal/core';
import { identityHomography } from '@gimbal/core/geometry';
import { allocateHostFrame } from '@gimbal/native';
import { createCameraInterpolator } from './cameraInterpolator.js';
import type { Interpolator, PreparedPair } from './interpolator.js';
import { gridTimes, type Moment, partTimes, type Timetable } from './outputTimes.js';
import { frameRateOf, nominalRate, type Rational } from './rational.js';

/** What {@link interpolate} is to make: one of `fps`, `factor` and `slow` at least; `fps` and `factor` not together. */
export interface InterpolateOptions {
  /** Frames a second of the output, such as 60, "60000/1001" or 59.94: a steady grid from the first frame on. */
  readonly fps?: number | string | Rational | undefined;
  /** Frames for each of the source, a whole number from 1: every interval is cut into equal parts. Default: `slow`, where it is whole. */
  readonly factor?: number | undefined;
  /** How many times longer the output takes; 1 keeps the speed. */
  readonly slow?: number | undefined;
  /** Leaves frames out that repeat the one before, and makes what was filmed in their place; with `fps` or alone (then at the source's rate). */
  readonly repair?: boolean | undefined;
  /** Makes the frames; the caller disposes of it. */
  readonly interpolator: Interpolator;
  /** Measures the camera and finds cuts and repeats; the caller disposes of it. */
  readonly estimator: Estimator;
  /** Least confidence of a made frame; below it the camera's motion alone is used, and below it again the nearest frame. Default 0.5. */
  readonly confidence?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of the frames so far. */
export interface InterpolationStatistics {
  /** Frames of the source. */
  readonly read: number;
  /** Frames handed out: `kept + made + camera + nearest`. */
  readonly written: number;
  /** Frames of the source as they were. */
  readonly kept: number;
  /** Frames that the interpolator made. */
  readonly made: number;
  /** Frames that the camera's motion alone made, because the interpolator's had too little confidence. */
  readonly camera: number;
  /** Frames that repeat the nearest one: at a cut, or where nothing else had confidence. */
  readonly nearest: number;
  /** Of these, those at a cut. */
  readonly atCuts: number;
  /** Of these, those that hold the last frame until its end. */
  readonly atEnd: number;
  /** Cuts of the source. */
  readonly cuts: number;
  /** Frames of the source that repeat the one before and were left out. */
  readonly repeats: number;
  /** Mean confidence of the frames that were made. */
  readonly confidence: number;
}

/** Frames of another clip, and what was made between them. */
export interface InterpolatedSource extends FrameSource {
  /** Of the pass over the frames that runs, or ran last. */
  readonly statistics: InterpolationStatistics;
}

/** Farthest in seconds that a moment may lie from a frame, of the distance of two frames, and still show it. */
const ON_FRAME = 2e-3;
/** Seconds that two times of one moment may differ by. */
const SAME_MOMENT = 1e-6;

/**
 * A source whose frames are those of another one and frames that were never filmed, at the times that are asked for. Works on 8 to 16 bit,
 * on the planes as they are, in host memory. Never mixes frames of two shots. Holds two frames of the source at a time, however long it is.
 * Closing it closes the source.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for options that contradict each other. While frames are read: that for a frame of another size
 * than the first, and `GIMBAL_E_INPUT_UNSUPPORTED` for frames on a device or with an alpha channel.
 */
export function interpolate(source: FrameSource, options: InterpolateOptions): InterpolatedSource {
  const plan = planOf(source.info, options);
  let counts = emptyCounts();
  const info: ClipInfo = {
    ...source.info,
    frameRate: plan.rate,
    duration: source.info.duration === undefined ? undefined : source.info.duration * plan.slow,
    frameCount: plan.frameCount,
  };
  return {
    info,
    get warnings(): readonly SourceWarning[] {
      return source.warnings;
    },
    get statistics() {
      const { confidences, ...rest } = counts;
      const written = rest.kept + rest.made + rest.camera + rest.nearest;
      const tried = rest.made + rest.camera;
      return { ...rest, written, confidence: tried > 0 ? confidences / tried : 1 };
    },
    frames(given: FramesOptions = {}) {
      counts = emptyCounts();
      const signal = given.signal ?? options.signal;
      return new Pass(source, options, plan.timetable(), counts, signal).frames();
    },
    close: () => source.close(),
  };
}

interface Counts {
  read: number;
  kept: number;
  made: number;
  camera: number;
  nearest: number;
  atCuts: number;
  atEnd: number;
  cuts: number;
  repeats: number;
  confidences: number;
}

const emptyCounts = (): Counts => ({
  read: 0,
  kept: 0,
  made: 0,
  camera: 0,
  nearest: 0,
  atCuts: 0,
  atEnd: 0,
  cuts: 0,
  repeats: 0,
  confidences: 0,
});

interface Plan {
  readonly rate: number;
  readonly slow: number;
  readonly frameCount: number | undefined;
  timetable(): Timetable;
}

function planOf(info: ClipInfo, { fps, factor, slow, repair = false, confidence }: InterpolateOptions): Plan {
  if (fps === undefined && factor === undefined && slow === undefined && !repair) {
    throw invalid('Say what is to be made: fps, factor, slow or repair.');
  }
  if (fps !== undefined && factor !== undefined) throw invalid('fps and factor contradict each other; leave one out.');
  if (factor !== undefined && !(Number.isInteger(factor) && factor >= 1 && factor <= 64)) {
    throw invalid(`factor must be a whole number from 1 to 64, received ${factor}.`);
  }
  const speed = slow ?? 1;
  if (!(speed >= 0.1 && speed <= 100)) throw invalid(`slow must be a number from 0.1 to 100, received ${slow}.`);
  if (confidence !== undefined && !(confidence >= 0 && confidence <= 1)) {
    throw invalid(`confidence must lie in [0, 1], received ${confidence}.`);
  }
  const own = nominalRate(info.frameRate > 0 ? info.frameRate : 25);
  const scaled = (count: number) =>
    info.frameCount === undefined ? undefined : Math.round((info.frameCount - 1) * count) + 1;
  if (fps === undefined && !repair) {
    const parts = factor ?? (Number.isInteger(speed) ? speed : undefined);
    if (parts !== undefined) {
      return {
        rate: (info.frameRate * parts) / speed,
        slow: speed,
        frameCount: scaled(parts),
        timetable: () => partTimes(parts, speed),
      };
    }
  }
  if (factor !== undefined) throw invalid('repair works on a steady grid of times; give it fps, not factor.');
  const rate = fps === undefined ? own : frameRateOf(fps);
  return {
    rate: rate.num / rate.den,
    slow: speed,
    frameCount: info.frameRate > 0 ? scaled((rate.num / rate.den / info.frameRate) * speed) : undefined,
    timetable: () => gridTimes(rate, speed),
  };
}

/** One pass over the source. */
class Pass {
  readonly #camera: Interpolator;
  #index = 0;

  constructor(
    private readonly source: FrameSource,
    private readonly options: InterpolateOptions,
    private readonly timetable: Timetable,
    private readonly counts: Counts,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.#camera = options.interpolator.name === 'camera' ? options.interpolator : createCameraInterpolator();
  }

  async *frames(): AsyncGenerator<Frame, void, undefined> {
    const { repair = false } = this.options;
    let previous: HostFrame | undefined;
    let end = Number.NEGATIVE_INFINITY;
    // How long the last frame is shown: as long as the one before, but no longer than a frame usually is.
    let length = 0;
    const { frameRate } = this.source.info;
    const usual = frameRate > 0 ? 1 / frameRate : Number.POSITIVE_INFINITY;
    try {
      for await (const frame of this.source.frames({ signal: this.signal })) {
        const current = this.#checked(frame, previous);
        this.counts.read++;
        if (previous !== undefined) length = Math.min(usual, current.time - Math.max(end, previous.time));
        if (previous === undefined) {
          previous = current;
          continue;
        }
        try {
          // Which moments there are is asked once it is known whether the frame shows anything new.
          let field = repair ? await this.#estimate(previous, current) : undefined;
          if (field?.verdict === 'duplicate') {
            this.counts.repeats++;
            end = current.time;
            current.close();
            continue;
          }
          const moments = this.timetable.between(previous.time, current.time);
          const from = previous;
          if (moments.some(({ source }) => shareOf(source, from, current) !== 0))
            field ??= await this.#estimate(from, current);
          yield* this.#between(previous, current, moments, field);
        } catch (error) {
          current.close();
          throw error;
        }
        previous.close();
        previous = current;
        end = current.time;
      }
      if (previous !== undefined) {
        yield* this.#ending(previous, Math.max(end, previous.time), length);
      }
    } finally {
      previous?.close();
      if (this.#camera !== this.options.interpolator) await this.#camera.dispose?.();
    }
  }

  /** The last frame as long as it is shown. */
  *#ending(frame: HostFrame, last: number, length: number): Generator<Frame, void, undefined> {
    for (const [i, moment] of this.timetable.atEnd(last, length).entries()) {
      if (i === 0 && moment.source <= frame.time + SAME_MOMENT) yield this.#keep(frame, moment);
      else {
        this.counts.atEnd++;
        yield this.#nearest(frame, moment);
      }
    }
  }

  #estimate(first: HostFrame, second: HostFrame): Promise<MotionField> {
    return this.options.estimator.estimate(first, second, { signal: this.signal });
  }

  async *#between(
    first: HostFrame,
    second: HostFrame,
    moments: readonly Moment[],
    field: MotionField | undefined,
  ): AsyncGenerator<Frame, void, undefined> {
    if (field?.verdict === 'cut') this.counts.cuts++;
    let pair: PreparedPair | undefined;
    let camera: PreparedPair | undefined;
    try {
      for (const moment of moments) {
        throwIfAborted(this.signal);
        const t = shareOf(moment.source, first, second);
        if (t === 0 || field === undefined) {
          yield this.#keep(first, moment);
          continue;
        }
        if (field.verdict === 'cut' || field.verdict === 'duplicate') {
          if (field.verdict === 'cut') this.counts.atCuts++;
          yield this.#nearest(t < 0.5 ? first : second, moment);
          continue;
        }
        const known = field.verdict === 'ok' ? globalHomography(field) : identityHomography();
        const asked = { first, second, camera: known };
        pair ??= await this.options.interpolator.prepare(asked, { signal: this.signal });
        const least = this.options.confidence ?? 0.5;
        const target = this.#target(first, moment);
        const made = await pair.make(t, target, { signal: this.signal });
        if (made.confidence >= least) {
          this.counts.made++;
          this.counts.confidences += made.confidence;
          yield target;
          continue;
        }
        if (this.#camera !== this.options.interpolator) {
          camera ??= await this.#camera.prepare(asked, { signal: this.signal });
          const plain = await camera.make(t, target, { signal: this.signal });
          if (plain.confidence >= least) {
            this.counts.camera++;
            this.counts.confidences += plain.confidence;
            yield target;
            continue;
          }
        }
        target.close();
        this.#index--;
        yield this.#nearest(t < 0.5 ? first : second, moment);
      }
    } finally {
      pair?.close();
      camera?.close();
    }
  }

  #target(like: HostFrame, { time }: Moment): HostFrame {
    const { format, fullRange, captions } = like;
    return allocateHostFrame(format, like, { time, index: this.#index++, fullRange, captions });
  }

  #keep(frame: HostFrame, moment: Moment): HostFrame {
    this.counts.kept++;
    return retimed(frame.clone() as HostFrame, moment.time, this.#index++);
  }

  #nearest(frame: HostFrame, moment: Moment): HostFrame {
    this.counts.nearest++;
    return retimed(frame.clone() as HostFrame, moment.time, this.#index++);
  }

  #checked(frame: Frame, previous: HostFrame | undefined): HostFrame {
    const problem = problemOf(frame, previous);
    if (problem === undefined) return frame as HostFrame;
    frame.close();
    throw problem;
  }
}

/** Where a moment lies between two frames: 0 on the first, up to 1. One that is nearly on a frame is on it. */
function shareOf(moment: number, first: Frame, second: Frame): number {
  const share = (moment - first.time) / (second.time - first.time);
  return share < ON_FRAME ? 0 : Math.min(share, 1 - ON_FRAME);
}

/** The same samples at another time. */
function retimed(frame: HostFrame, time: number, index: number): HostFrame {
  const { width, height, format, fullRange, captions } = frame;
  return {
    memory: 'host',
    width,
    height,
    format,
    fullRange,
    captions,
    time,
    index,
    get planes() {
      return frame.planes;
    },
    clone: () => retimed(frame.clone() as HostFrame, time, index),
    close: () => frame.close(),
  };
}

function problemOf(frame: Frame, previous: HostFrame | undefined): GimbalError | undefined {
  if (frame.memory !== 'host') {
    return new GimbalError(
      'GIMBAL_E_INPUT_UNSUPPORTED',
      'Frames are interpolated in host memory, and these lie on a CUDA device. Open the clip with device "cpu".',
    );
  }
  if (frame.format.alpha) {
    return new GimbalError(
      'GIMBAL_E_INPUT_UNSUPPORTED',
      'Frames with an alpha channel cannot be interpolated. Open the clip without it (alpha: false).',
    );
  }
  if (previous === undefined) return undefined;
  if (
    frame.width !== previous.width ||
    frame.height !== previous.height ||
    frame.format.name !== previous.format.name
  ) {
    return new GimbalError(
      'GIMBAL_E_INPUT_UNSUPPORTED',
      `All frames of a clip must have one size and format to be interpolated: expected ${previous.width}×${previous.height} ${previous.format.name}, ` +
        `received ${frame.width}×${frame.height} ${frame.format.name} at ${frame.time.toFixed(3)} s. Cut the clip there.`,
    );
  }
  if (frame.time <= previous.time) {
    return new GimbalError(
      'GIMBAL_E_INPUT_UNSUPPORTED',
      `Time stamps must rise from frame to frame: frame ${frame.index} at ${frame.time} s follows ${previous.time} s.`,
    );
  }
  return undefined;
}

function invalid(message: string): GimbalError {
  return new GimbalError('GIMBAL_E_INVALID_ARGUMENT', message);
}
