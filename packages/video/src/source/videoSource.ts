import {
  type Frame,
  type FrameSource,
  GimbalError,
  type HostFrame,
  type SourceWarning,
  throwIfAborted,
} from '@gimbal/core';
import type { HardwareDevice } from '../ffmpeg/hardwareDevice.js';
import type { AvCudaFrame } from '../frame/avCudaFrame.js';
import type { AvFrame } from '../frame/avFrame.js';
import { pixelFormat } from '../frame/pixelFormats.js';
import type { DecoderInfo } from './chooseDecoder.js';
import type { Deinterlace } from './deinterlacer.js';
import { Prefetch } from './prefetch.js';
import { type PassSubject, SourcePass } from './sourcePass.js';
import type { VideoInfo } from './videoStreamInfo.js';

/** How a {@link VideoSource} reads its file. */
export interface ReadingOptions {
  /** Decoding threads; as many as FFmpeg finds sensible unless told. */
  readonly threads?: number | undefined;
  /** Default `auto`: interlaced pictures are deinterlaced before anybody sees them, see {@link Deinterlace}. */
  readonly deinterlace?: Deinterlace | undefined;
  /** Frames of pictures with an alpha channel have it as their last plane. Default false: it is left out, and `info.notes` says so. */
  readonly alpha?: boolean | undefined;
  /** Index of the stream of pictures; the largest unless told, never a cover picture. */
  readonly stream?: number | undefined;
  /** The clip is the part of the file from this time on, in seconds of a clock that starts at zero with the file; its own starts at zero with it. */
  readonly start?: number | undefined;
  /** The clip ends before this time of the file. */
  readonly end?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of one pass over the frames. */
export interface VideoFramesOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Frames decoded ahead of the consumer. */
const READ_AHEAD = 2;

/** A video file. Each pass decodes off the event loop, a few frames ahead of its consumer. */
export class VideoSource<F extends Frame = Frame> implements FrameSource {
  readonly info: VideoInfo;
  readonly path: string;
  /** Which decoder reads the file, and why that one. */
  readonly decoder: DecoderInfo;
  readonly #subject: PassSubject;
  readonly #threads: number;
  readonly #signal: AbortSignal | undefined;
  readonly #passes = new Set<Prefetch<AvFrame | AvCudaFrame>>();
  #closed = false;

  /** Use `openVideo`. */
  constructor(subject: PassSubject, decoder: DecoderInfo, options: ReadingOptions) {
    this.#subject = subject;
    this.info = subject.info;
    this.path = subject.path;
    this.decoder = decoder;
    this.#threads = options.threads ?? 0;
    this.#signal = options.signal;
  }

  /** The device that decodes, for an encoder on the same one. */
  get hardware(): HardwareDevice | undefined {
    return this.#subject.device;
  }

  get warnings(): readonly SourceWarning[] {
    return this.#subject.warnings.list;
  }

  /** @throws GimbalError while iterating: `GIMBAL_E_CANCELLED`, `GIMBAL_E_INPUT_TRUNCATED`, and what `openVideo` throws. */
  async *frames(options: VideoFramesOptions = {}): AsyncGenerator<F, void, undefined> {
    const signal = either(options.signal, this.#signal);
    this.#checkOpen();
    const pass = await SourcePass.open(this.#subject, {
      threads: this.#threads,
      alpha: this.info.format.alpha,
      signal,
    });
    const ahead = new Prefetch(
      () => pass.next(),
      READ_AHEAD,
      (frame) => frame.close(),
    );
    this.#passes.add(ahead);
    try {
      for (;;) {
        const frame = await ahead.next();
        throwIfAborted(signal);
        this.#checkOpen();
        if (frame === undefined) break;
        yield frame as Frame as F;
      }
    } finally {
      await ahead.stop();
      this.#passes.delete(ahead);
      await pass.close();
    }
  }

  /**
   * The same clip in the same pixel format, or a given one, decoded by software into host memory: for when the device that decodes it has
   * failed. It is to be closed like this one, and shares its warnings.
   */
  inHostMemory(format = this.info.format): VideoSource<HostFrame> {
    const { info, mapping } = this.#subject;
    const kind = pixelFormat(format.name) ?? format;
    const decoder: DecoderInfo = {
      name: 'software',
      device: undefined,
      reason: 'frames in host memory were asked for',
    };
    const subject = { ...this.#subject, info: { ...info, format: kind }, mapping: { ...mapping, format: kind } };
    return new VideoSource({ ...subject, device: undefined, resting: undefined }, decoder, {
      threads: this.#threads,
      signal: this.#signal,
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#passes].map((pass) => pass.stop()));
    this.#subject.resting?.close();
  }

  #checkOpen(): void {
    if (this.#closed)
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `${this.path} was read after its source was closed.`);
  }
}

function either(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  return a !== undefined && b !== undefined ? AbortSignal.any([a, b]) : (a ?? b);
}
