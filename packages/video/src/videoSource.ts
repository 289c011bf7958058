import { type FrameSource, GimbalError, type HostFrame, type SourceWarning, throwIfAborted } from '@gimbal/core';
import type { AvFrame } from './avFrame.js';
import { describeVideo } from './describeVideo.js';
import { FrameCache } from './frameCache.js';
import { PictureDecoder } from './pictureDecoder.js';
import { frameBytes } from './pixelFormats.js';
import { ReadAhead } from './readAhead.js';
import { type PassSubject, SourcePass } from './sourcePass.js';
import { SourceWarnings } from './sourceWarnings.js';
import type { VideoInfo } from './videoStreamInfo.js';

/** How {@link openVideo} reads a file. */
export interface OpenVideoOptions {
  /** Bytes that decoded frames may take so that a second pass need not decode again. Default 256 MiB; 0 keeps none. */
  readonly cacheBytes?: number | undefined;
  /** Decoding threads; as many as FFmpeg finds sensible unless told. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** False: a file that ends early is an error at its end (`GIMBAL_E_INPUT_TRUNCATED`), not a warning. Default true. */
  readonly allowTruncated?: boolean | undefined;
}

/** Options of one pass over the frames. */
export interface VideoFramesOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * The frames will be looked at, not shown: long H.264 and HEVC clips decode without deblocking pictures that no other picture
   * refers to. Frames that will be kept for a second pass are decoded in full all the same.
   */
  readonly analysisOnly?: boolean | undefined;
}

const DEFAULT_CACHE_BYTES = 256 * 2 ** 20;
/** Frames decoded ahead of the consumer. */
const READ_AHEAD = 2;

/** A video file. Each pass decodes off the event loop, a few frames ahead of its consumer. */
export class VideoSource implements FrameSource {
  readonly info: VideoInfo;
  readonly path: string;
  readonly #subject: PassSubject;
  readonly #threads: number;
  readonly #signal: AbortSignal | undefined;
  readonly #cache: FrameCache;
  readonly #passes = new Set<ReadAhead<AvFrame>>();
  #closed = false;

  /** Use {@link openVideo}. */
  constructor(subject: PassSubject, options: OpenVideoOptions) {
    this.#subject = subject;
    this.info = subject.info;
    this.path = subject.path;
    this.#threads = options.threads ?? 0;
    this.#signal = options.signal;
    this.#cache = new FrameCache(options.cacheBytes ?? DEFAULT_CACHE_BYTES);
  }

  get warnings(): readonly SourceWarning[] {
    return this.#subject.warnings.list;
  }

  /** @throws GimbalError while iterating: `GIMBAL_E_CANCELLED`, `GIMBAL_E_INPUT_TRUNCATED`, and what {@link openVideo} throws. */
  async *frames(options: VideoFramesOptions = {}): AsyncGenerator<HostFrame, void, undefined> {
    const signal = either(options.signal, this.#signal);
    this.#checkOpen();
    const cached = this.#cache.frames;
    if (cached !== undefined) {
      for (const frame of cached) {
        throwIfAborted(signal);
        this.#checkOpen();
        yield frame.clone();
      }
      return;
    }
    const filling = this.#cache.start(this.#expectedBytes());
    const cheap = options.analysisOnly === true && !filling;
    const pass = await SourcePass.open(this.#subject, { threads: this.#threads, cheap, signal });
    let keep = filling;
    let ended = false;
    const produce = async () => {
      const frame = await pass.next();
      if (frame === undefined) ended = true;
      else if (keep) keep = this.#cache.add(frame);
      return frame;
    };
    const ahead = new ReadAhead(produce, READ_AHEAD, (frame) => frame.close());
    this.#passes.add(ahead);
    try {
      for (;;) {
        const frame = await ahead.next();
        throwIfAborted(signal);
        this.#checkOpen();
        if (frame === undefined) break;
        yield frame;
      }
      if (keep) this.#cache.complete();
    } finally {
      await ahead.stop();
      this.#passes.delete(ahead);
      await pass.close();
      if (keep && !(ended && this.#cache.frames !== undefined)) this.#cache.clear();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#passes].map((pass) => pass.stop()));
    this.#cache.clear('given up');
  }

  #expectedBytes(): number {
    const { format, width, height, frameCount } = this.info;
    return (frameCount ?? 1) * frameBytes(format, width, height);
  }

  #checkOpen(): void {
    if (this.#closed)
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `${this.path} was read after its source was closed.`);
  }
}

/**
 * Opens a video file of any container and codec that FFmpeg reads, and decodes its first picture.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_FOUND`, `_UNREADABLE`, `_NOT_VIDEO`, `_TRUNCATED`, `_UNSUPPORTED`, `GIMBAL_E_CANCELLED`.
 */
export async function openVideo(path: string, options: OpenVideoOptions = {}): Promise<VideoSource> {
  throwIfAborted(options.signal);
  const decoder = await PictureDecoder.open(path, { threads: 1, cheap: false, signal: options.signal });
  try {
    const first = await decoder.next();
    if (first === undefined) {
      throw new GimbalError(
        'GIMBAL_E_INPUT_UNSUPPORTED',
        `${path} announces pictures (${decoder.codecName}), but not one of them can be decoded; the file is damaged or cut off.`,
      );
    }
    try {
      const { info, mapping } = describeVideo(decoder.file, first, path);
      const warnings = new SourceWarnings();
      const subject = { path, info, mapping, warnings, allowTruncated: options.allowTruncated ?? true };
      return new VideoSource(subject, options);
    } finally {
      first.free();
    }
  } finally {
    await decoder.close();
  }
}

/** What a file says of itself, without keeping it open. @throws as {@link openVideo}. */
export async function videoInfo(path: string): Promise<VideoInfo> {
  const source = await openVideo(path, { cacheBytes: 0 });
  await source.close();
  return source.info;
}

function either(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  return a !== undefined && b !== undefined ? AbortSignal.any([a, b]) : (a ?? b);
}
