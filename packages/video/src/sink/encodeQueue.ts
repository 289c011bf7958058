// Pictures on their way to the encoder, in order.
import { GimbalError, type PixelFormat, type Size } from '@gimbal/core';
import type { AVColorRange } from 'node-av/constants';
import type { Frame, Packet, SoftwareScaleContext } from 'node-av/lib';
import { checkFfmpeg } from '../ffmpeg/ffmpeg.js';
import { newScaler } from '../frame/frameConformer.js';
import { FramePool } from '../frame/framePool.js';
import type { OutputStreams } from './outputStreams.js';

/** A picture for the encoder, and what becomes of it afterwards. */
export interface EncodeJob {
  readonly native: Frame;
  readonly duration: bigint;
  readonly release: () => void;
}

/** What the encoder wants of a picture. */
export interface EncodeTarget {
  readonly format: PixelFormat;
  readonly size: Size;
  /** Pictures come in another pixel format or range. */
  readonly convert: boolean;
  /** What is stored; the pictures' own unless told. */
  readonly range?: AVColorRange | undefined;
}

/** Pictures that wait for the encoder. */
const DEPTH = 2;

/** Feeds pictures to the encoder one after the other while the caller makes the next, and holds the caller back when it is ahead. */
export class EncodeQueue {
  readonly #streams: OutputStreams;
  readonly #target: EncodeTarget;
  readonly #converted: FramePool;
  readonly #jobs: EncodeJob[] = [];
  #scaler: SoftwareScaleContext | undefined;
  #work: Promise<void> | undefined;
  #finishing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void)[] = [];
  #closed = false;

  constructor(streams: OutputStreams, target: EncodeTarget) {
    this.#streams = streams;
    this.#target = target;
    this.#converted = new FramePool(target.format, target.size);
  }

  /** Takes a picture over; resolves when there is room for the next. */
  async push(job: EncodeJob): Promise<void> {
    this.#jobs.push(job);
    this.#work ??= this.#run();
    while (this.#jobs.length >= DEPTH && !this.#failure && !this.#closed) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    this.#throwFailure();
  }

  /** Encodes what waits, writes the rest of every stream and completes the file. */
  finish(): Promise<void> {
    this.#finishing = this.#complete();
    return this.#finishing;
  }

  async #complete(): Promise<void> {
    await this.#work;
    this.#throwFailure();
    const { encoder, others, muxer } = this.#streams;
    await encoder.encode(undefined, 0n, (packet) => this.#write(packet));
    await others.copyUntil(Number.POSITIVE_INFINITY);
    await muxer.finish();
  }

  /** Waits for what is under way and frees everything. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#wakeAll();
    await this.#work;
    // Whoever called finish() hears of its failure; here only its end matters.
    await this.#finishing?.catch(() => {});
    for (const { release } of this.#jobs.splice(0)) release();
    this.#scaler?.freeContext();
    this.#converted.close();
    await this.#streams.close();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closed && !this.#failure) {
        const job = this.#jobs.shift();
        if (job === undefined) break;
        this.#wakeAll();
        try {
          await this.#encode(job);
        } finally {
          job.release();
        }
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#work = undefined;
      this.#wakeAll();
    }
  }

  async #encode({ native, duration }: EncodeJob): Promise<void> {
    const { width, height } = native;
    const { size } = this.#target;
    const write = (packet: Packet) => this.#write(packet);
    try {
      native.width = size.width;
      native.height = size.height;
      if (!this.#target.convert) return await this.#streams.encoder.encode(native, duration, write);
      const converted = await this.#convert(native);
      try {
        await this.#streams.encoder.encode(converted, duration, write);
      } finally {
        this.#converted.give(converted);
      }
    } finally {
      native.width = width;
      native.height = height;
    }
  }

  async #convert(native: Frame): Promise<Frame> {
    this.#scaler ??= newScaler();
    const target = this.#converted.take();
    target.pts = native.pts;
    target.colorRange = this.#target.range ?? native.colorRange;
    // With the same tags on either side, also none, swscale moves samples and changes no colour.
    target.colorSpace = native.colorSpace;
    target.colorPrimaries = native.colorPrimaries;
    target.colorTrc = native.colorTrc;
    target.chromaLocation = native.chromaLocation;
    checkFfmpeg(await this.#scaler.scaleFrame(target, native), 'GIMBAL_E_ENCODE', 'convert a picture for the encoder');
    return target;
  }

  async #write(packet: Packet): Promise<void> {
    if (this.#closed) throw new GimbalError('GIMBAL_E_CANCELLED', 'Encoding was given up.');
    const { muxer, video, encoder, others } = this.#streams;
    const { num, den } = encoder.context.timeBase;
    await others.copyUntil((Number(packet.dts) * num) / den);
    packet.rescaleTs({ num, den }, video.timeBase);
    await muxer.writeOrFail(packet, video);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
