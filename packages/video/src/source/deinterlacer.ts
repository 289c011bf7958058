import { GimbalError } from '@gimbal/core';
import {
  AV_FRAME_DATA_A53_CC,
  AV_NOPTS_VALUE,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  type AVPixelFormat,
} from 'node-av/constants';
import { avGetPixFmtName, Filter, type FilterContext, FilterGraph, Frame } from 'node-av/lib';
import { checkFfmpeg } from '../ffmpeg/ffmpeg.js';
import type { FieldMarks } from './fieldOrder.js';
import type { Rational } from './timeStamps.js';

/**
 * What becomes of interlaced pictures. `auto`: one whole picture for each; `fields`: one for each of its two fields, at twice the rate; `off`:
 * they stay as they are.
 */
export const DEINTERLACE_CHOICES = ['auto', 'fields', 'off'] as const;
/** One of {@link DEINTERLACE_CHOICES}. */
export type Deinterlace = (typeof DEINTERLACE_CHOICES)[number];

/** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for what is none of {@link DEINTERLACE_CHOICES}. */
export function checkedDeinterlace(choice: Deinterlace = 'auto'): Deinterlace {
  if (DEINTERLACE_CHOICES.includes(choice)) return choice;
  throw new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `deinterlace must be one of ${DEINTERLACE_CHOICES.join(', ')}, received '${choice}'.`,
  );
}

/** How a {@link Deinterlacer} works. */
export interface DeinterlacerOptions {
  /** The next picture as decoded, or `undefined` at the end. */
  readonly read: () => Promise<Frame | undefined>;
  readonly marks: FieldMarks;
  readonly choice: Exclude<Deinterlace, 'off'>;
  readonly timeBase: Rational;
  /** 0: as many as FFmpeg finds sensible. */
  readonly threads: number;
}

/**
 * Makes whole pictures of interlaced ones with FFmpeg's bwdif, which looks at the pictures before and after; those that are whole pass through.
 * Nothing is set up until the first interlaced picture comes. With `fields`, time stamps and durations are in half ticks.
 */
export class Deinterlacer {
  readonly #options: DeinterlacerOptions;
  #graph: FieldGraph | undefined;
  /** A picture that another graph will take. */
  #held: Frame | undefined;
  #ended = false;

  constructor(options: DeinterlacerOptions) {
    this.#options = options;
  }

  /** The next whole picture, or `undefined` at the end. The caller frees it. @throws GimbalError, and what `read` throws. */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      const made = await this.#graph?.take();
      if (made instanceof Frame) return made;
      if (made === 'end') this.#closeGraph();
      if (this.#ended) return undefined;
      const picture = this.#held ?? (await this.#options.read());
      this.#held = undefined;
      if (picture === undefined) {
        if (this.#graph === undefined) return undefined;
        await this.#graph.put(undefined);
        continue;
      }
      const interlaced = this.#options.marks.of(picture);
      if (this.#graph === undefined && !interlaced) return whole(picture, this.#options.choice);
      if (this.#graph !== undefined && !this.#graph.fits(picture)) {
        this.#held = picture;
        await this.#graph.put(undefined);
        continue;
      }
      await this.#putInto(picture);
    }
  }

  close(): void {
    this.#ended = true;
    this.#held?.free();
    this.#held = undefined;
    this.#closeGraph();
  }

  async #putInto(picture: Frame): Promise<void> {
    try {
      this.#graph ??= await FieldGraph.open(picture, this.#options);
    } catch (error) {
      picture.free();
      throw error;
    }
    await this.#graph.put(picture);
  }

  #closeGraph(): void {
    this.#graph?.close();
    this.#graph = undefined;
  }
}

/** A picture that needs nothing, its times in the units that are wanted. */
function whole(picture: Frame, choice: DeinterlacerOptions['choice']): Frame {
  if (choice !== 'fields') return picture;
  if (picture.bestEffortTimestamp !== AV_NOPTS_VALUE) picture.bestEffortTimestamp *= 2n;
  picture.duration *= 2n;
  return picture;
}

/** FFmpeg's filter for pictures of one size and format. */
class FieldGraph {
  /** Those of the picture before, unless they were its second. */
  #caption: string | undefined;

  private constructor(
    private readonly graph: FilterGraph,
    private readonly source: FilterContext,
    private readonly sink: FilterContext,
    private readonly choice: DeinterlacerOptions['choice'],
    private readonly kind: string,
  ) {}

  static async open(first: Frame, { choice, timeBase, threads }: DeinterlacerOptions): Promise<FieldGraph> {
    const { width, height, colorSpace, colorRange } = first;
    const format = avGetPixFmtName(first.format as AVPixelFormat);
    const graph = new FilterGraph();
    graph.alloc();
    graph.nbThreads = threads;
    // What bwdif does not take (packed, semiplanar) is brought into another order and back.
    graph.scaleSwsOpts = 'flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp';
    const add = (name: string, args: string | null = null): FilterContext => {
      const filter = Filter.getByName(name);
      const made = filter && graph.createFilter(filter, name, args);
      if (made) return made;
      throw new GimbalError(
        'GIMBAL_E_INPUT_UNSUPPORTED',
        `The clip is interlaced, and this FFmpeg has no filter ${name} for ${width}×${height} ${format}; deinterlace: 'off' leaves the fields as they are.`,
      );
    };
    try {
      const shape = `video_size=${width}x${height}:pix_fmt=${format}:time_base=${timeBase.num}/${timeBase.den}`;
      const source = add('buffer', `${shape}:colorspace=${colorSpace}:range=${colorRange}`);
      const mode = choice === 'fields' ? 'send_field' : 'send_frame';
      const bwdif = add('bwdif', `mode=${mode}:parity=auto:deint=interlaced`);
      const back = add('format', `pix_fmts=${format}`);
      const sink = add('buffersink');
      for (const [from, to] of [
        [source, bwdif],
        [bwdif, back],
        [back, sink],
      ] as const) {
        checkFfmpeg(from.link(0, to, 0), 'GIMBAL_E_INPUT_UNSUPPORTED', 'set up the deinterlacer');
      }
      checkFfmpeg(await graph.config(), 'GIMBAL_E_INPUT_UNSUPPORTED', `deinterlace ${width}×${height} ${format}`);
      return new FieldGraph(graph, source, sink, choice, kindOf(first));
    } catch (error) {
      graph.free();
      throw error;
    }
  }

  /** Whether the picture is like those before. */
  fits(picture: Frame): boolean {
    return kindOf(picture) === this.kind;
  }

  /** Takes a picture over; `undefined` is the end. */
  async put(picture: Frame | undefined): Promise<void> {
    if (picture !== undefined) picture.pts = picture.bestEffortTimestamp;
    const status = await this.source.buffersrcAddFrame(picture ?? null);
    picture?.free();
    checkFfmpeg(status, 'GIMBAL_E_INPUT_UNSUPPORTED', 'deinterlace a picture');
  }

  /** A picture that is ready, `end` after the last one, or `undefined` when another must be put in first. */
  async take(): Promise<Frame | 'end' | undefined> {
    const frame = new Frame();
    frame.alloc();
    const status = await this.sink.buffersinkGetFrame(frame);
    if (status < 0) {
      frame.free();
      if (status === AVERROR_EAGAIN) return undefined;
      if (status === AVERROR_EOF) return 'end';
      checkFfmpeg(status, 'GIMBAL_E_INPUT_UNSUPPORTED', 'deinterlace a picture');
    }
    // The filter counts in half ticks.
    const inFields = this.choice === 'fields';
    if (inFields) this.#captionOnce(frame);
    const { pts, duration } = frame;
    frame.bestEffortTimestamp = pts === AV_NOPTS_VALUE || inFields ? pts : pts / 2n;
    frame.duration = inFields ? duration : duration / 2n;
    return frame;
  }

  /** Both pictures of one bring its captions; the first of them keeps them. */
  #captionOnce(frame: Frame): void {
    const captions = frame.getSideData(AV_FRAME_DATA_A53_CC)?.toString('hex');
    const again = captions !== undefined && captions === this.#caption;
    if (again) frame.removeSideData(AV_FRAME_DATA_A53_CC);
    this.#caption = again ? undefined : captions;
  }

  close(): void {
    this.graph.free();
  }
}

function kindOf({ width, height, format, colorSpace, colorRange }: Frame): string {
  return [width, height, format, colorSpace, colorRange].join();
}
