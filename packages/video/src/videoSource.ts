import {
  type DeviceName,
  type Frame,
  type FrameSource,
  GimbalError,
  type HostFrame,
  type SourceWarning,
  throwIfAborted,
} from '@gimbal/core';
import type { AvCudaFrame } from './avCudaFrame.js';
import { AvFrame } from './avFrame.js';
import { chooseDecoder, type DecoderInfo } from './chooseDecoder.js';
import type { CudaBridge } from './cudaBridge.js';
import { describeVideo } from './describeVideo.js';
import { FrameCache } from './frameCache.js';
import type { HardwareDevice } from './hardwareDevice.js';
import { PictureDecoder } from './pictureDecoder.js';
import { frameBytes, pixelFormat } from './pixelFormats.js';
import { PlaneViews } from './planeViews.js';
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
  /**
   * Where to decode. `cpu` (default): by software, frames in host memory. `cuda:N`, or `cuda` for the first device: by the device's video
   * engine, frames stay in its memory; a format that it does not take is decoded by software all the same (`decoder` says which and why).
   * `auto`: like `cuda` where it can be used, like `cpu` otherwise. Frames on a device are not kept for a second pass.
   */
  readonly device?: DeviceName | undefined;
  /**
   * Native code to reach devices with: `cudaBridge` of `@gimbal/native`. `cuda` needs it; without it `auto` is `cpu`. Frames in host memory
   * cost less of the main thread with it.
   */
  readonly cuda?: CudaBridge | undefined;
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
export class VideoSource<F extends Frame = Frame> implements FrameSource {
  readonly info: VideoInfo;
  readonly path: string;
  /** Which decoder reads the file, and why that one. */
  readonly decoder: DecoderInfo;
  readonly #subject: PassSubject;
  readonly #threads: number;
  readonly #signal: AbortSignal | undefined;
  readonly #cache: FrameCache;
  readonly #passes = new Set<ReadAhead<AvFrame | AvCudaFrame>>();
  #closed = false;

  /** Use {@link openVideo}. */
  constructor(subject: PassSubject, decoder: DecoderInfo, options: OpenVideoOptions) {
    this.#subject = subject;
    this.info = subject.info;
    this.path = subject.path;
    this.decoder = decoder;
    this.#threads = options.threads ?? 0;
    this.#signal = options.signal;
    // Host memory is no place to keep what lies on a device.
    const cacheBytes = subject.device === undefined ? (options.cacheBytes ?? DEFAULT_CACHE_BYTES) : 0;
    this.#cache = new FrameCache(cacheBytes);
  }

  /** The device that decodes, for an encoder on the same one. */
  get hardware(): HardwareDevice | undefined {
    return this.#subject.device;
  }

  get warnings(): readonly SourceWarning[] {
    return this.#subject.warnings.list;
  }

  /** @throws GimbalError while iterating: `GIMBAL_E_CANCELLED`, `GIMBAL_E_INPUT_TRUNCATED`, and what {@link openVideo} throws. */
  async *frames(options: VideoFramesOptions = {}): AsyncGenerator<F, void, undefined> {
    const signal = either(options.signal, this.#signal);
    this.#checkOpen();
    const cached = this.#cache.frames;
    if (cached !== undefined) {
      for (const frame of cached) {
        throwIfAborted(signal);
        this.#checkOpen();
        yield frame.clone() as Frame as F;
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
      else if (keep) keep = frame instanceof AvFrame && this.#cache.add(frame);
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
        yield frame as Frame as F;
      }
      if (keep) this.#cache.complete();
    } finally {
      await ahead.stop();
      this.#passes.delete(ahead);
      await pass.close();
      if (keep && !(ended && this.#cache.frames !== undefined)) this.#cache.clear();
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
      cacheBytes: 0,
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([...this.#passes].map((pass) => pass.stop()));
    this.#cache.clear('given up');
    this.#subject.resting?.close();
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

/** Options of {@link openVideo} with which every frame lies in host memory. */
export type HostVideoOptions = Omit<OpenVideoOptions, 'device'> & { readonly device?: 'cpu' | undefined };

/**
 * Opens a video file of any container and codec that FFmpeg reads, and decodes its first picture.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_FOUND`, `_UNREADABLE`, `_NOT_VIDEO`, `_TRUNCATED`, `_UNSUPPORTED`, `GIMBAL_E_CANCELLED`;
 *   `GIMBAL_E_DEVICE_UNAVAILABLE` and `GIMBAL_E_CUDA` for a device that was asked for by name.
 */
export async function openVideo(path: string, options?: HostVideoOptions): Promise<VideoSource<HostFrame>>;
export async function openVideo(path: string, options: OpenVideoOptions): Promise<VideoSource>;
export async function openVideo(path: string, options: OpenVideoOptions = {}): Promise<VideoSource> {
  throwIfAborted(options.signal);
  const software = await PictureDecoder.open(path, { threads: 1, cheap: false, signal: options.signal });
  try {
    const first = await software.next();
    if (first === undefined) {
      throw new GimbalError(
        'GIMBAL_E_INPUT_UNSUPPORTED',
        `${path} announces pictures (${software.codecName}), but not one of them can be decoded; the file is damaged or cut off.`,
      );
    }
    try {
      const { info, mapping } = describeVideo(software.file, first, path);
      const chosen = await chooseDecoder(path, { first, mapping, codec: info.codec }, options);
      const subject: PassSubject = {
        path,
        info: { ...info, format: chosen.mapping.format },
        mapping: chosen.mapping,
        warnings: new SourceWarnings(),
        allowTruncated: options.allowTruncated ?? true,
        device: chosen.device,
        resting: chosen.resting,
        views: viewsBy(options.cuda),
      };
      return new VideoSource(subject, chosen.info, options);
    } finally {
      first.free();
    }
  } finally {
    await software.close();
  }
}

/** What a file says of itself, without keeping it open. @throws as {@link openVideo}. */
export async function videoInfo(path: string): Promise<VideoInfo> {
  const source = await openVideo(path, { cacheBytes: 0 });
  await source.close();
  return source.info;
}

function viewsBy(cuda: CudaBridge | undefined): PlaneViews | undefined {
  return cuda && new PlaneViews((view) => cuda.addressOf(view));
}

function either(a: AbortSignal | undefined, b: AbortSignal | undefined): AbortSignal | undefined {
  return a !== undefined && b !== undefined ? AbortSignal.any([a, b]) : (a ?? b);
}
