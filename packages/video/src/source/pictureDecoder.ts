import { throwIfAborted } from '@gimbal/core';
import {
  AV_NOPTS_VALUE,
  AV_PKT_FLAG_CORRUPT,
  AV_PKT_FLAG_DISCARD,
  AV_PKT_FLAG_KEY,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  AVERROR_EXIT,
} from 'node-av/constants';
import { Codec, CodecContext, Frame, Packet } from 'node-av/lib';
import { ClockCorrection } from './clockCorrection.js';
import type { DecodeOptions } from './decodeOptions.js';
import type { IdleDecoder } from './idleDecoder.js';
import { type InputFile, openInputFile, readOnly } from './inputFile.js';
import { openCodec } from './openCodec.js';
import { SkippedPackets } from './skippedPackets.js';
import { seekBefore } from './timeRange.js';

/** What a pass met on its way. */
export interface DecodeReport {
  /** Packets that the container marked as damaged or that the decoder refused. */
  damaged: number;
  /** Pictures of which the decoder had to make up a part. */
  concealed: number;
  /** FFmpeg's error number when reading ended before the end of the file. */
  readError: number | undefined;
  /** End of the last packet, in ticks of the stream. */
  lastTick: bigint | undefined;
}

/** A file read that takes longer than this is given up. */
const STALL_MILLISECONDS = 30_000;

/** A mark of damage may come this many packets early: a parser holds pictures back until the next begins. */
const SUSPECT_PACKETS = 2;

/**
 * FFmpeg's marks of a picture that did not decode as a whole: a bit stream that makes no sense, slices that are lost, concealment. A reference
 * that is missing is no such mark: recordings that begin in the middle of a group of pictures miss some.
 */
const PARTLY_MADE_UP = 1 | 4 | 8;

/** Decodes a file's pictures one after the other, off the event loop. Only one call may be under way. */
export class PictureDecoder {
  readonly report: DecodeReport = { damaged: 0, concealed: 0, readError: undefined, lastTick: undefined };
  readonly file: InputFile;
  readonly #clock: ClockCorrection;
  readonly #codec: CodecContext;
  readonly #packet = new Packet();
  readonly #resting: IdleDecoder | undefined;
  readonly #patience: number;
  readonly #signal: AbortSignal | undefined;
  /** Pictures that the decoder holds back at first to put them in order. */
  readonly #delay: number;
  readonly #watch: NodeJS.Timeout;
  #readingSince: number | undefined;
  /** What lies before the first picture that is wanted. */
  readonly #skipped: SkippedPackets | undefined;
  #skipping = true;
  /** A packet that the decoder had no room for. */
  #pending = false;
  #drained = false;
  /** The container marked a packet as damaged; it counts unless the clock leaps within this many packets. */
  #suspectFor: number | undefined;
  /** Where the next packet should begin, in ticks of the stream. */
  #nextDts: bigint | undefined;
  /** The last answer was a picture, so the decoder probably wants a packet before it gives the next. */
  #hungry = true;

  private constructor(
    file: InputFile,
    clock: ClockCorrection,
    codec: CodecContext,
    { resting, patience, from, signal }: DecodeOptions,
  ) {
    this.file = file;
    this.#skipped = from === undefined ? undefined : new SkippedPackets(from, file.video.timeBase);
    this.#clock = clock;
    this.#codec = codec;
    this.#resting = resting;
    this.#patience = patience ?? Number.POSITIVE_INFINITY;
    this.#signal = signal;
    this.#delay = codec.hasBFrames;
    this.#packet.alloc();
    // One watch for the whole pass: a timer for every packet would cost more than reading it.
    this.#watch = setInterval(() => {
      const since = this.#readingSince;
      if (since !== undefined && performance.now() - since > STALL_MILLISECONDS) file.context.interrupt();
    }, STALL_MILLISECONDS / 10).unref();
  }

  /** @throws GimbalError as {@link openInputFile}, and `GIMBAL_E_INPUT_UNSUPPORTED` without a decoder. */
  static async open(path: string, options: DecodeOptions): Promise<PictureDecoder> {
    const file = await openInputFile(path, options.stream);
    const rested = options.resting?.take();
    const codec = rested ?? new CodecContext();
    try {
      const clock = new ClockCorrection(file);
      readOnly(file, clock.watched);
      if (rested === undefined) await openCodec(codec, path, file, options);
      if (options.from !== undefined) await seekBefore(file, options.from, clock.startShift);
      return new PictureDecoder(file, clock, codec, options);
    } catch (error) {
      codec.freeContext();
      await file.context.closeInput();
      throw error;
    }
  }

  get codecName(): string {
    return Codec.findDecoder(this.file.video.codecpar.codecId)?.name ?? 'unknown';
  }

  /** The next picture in order of presentation, or `undefined` at the end. The caller frees it. */
  async next(): Promise<Frame | undefined> {
    const frame = new Frame();
    frame.alloc();
    try {
      for (;;) {
        throwIfAborted(this.#signal);
        if (this.report.damaged > this.#patience) break;
        if (this.#hungry && !this.#drained) await this.#feed();
        const received = await this.#codec.receiveFrame(frame);
        this.#hungry = true;
        if (received >= 0) {
          if ((frame.decodeErrorFlags & PARTLY_MADE_UP) !== 0) this.report.concealed++;
          return frame;
        }
        if (received === AVERROR_EOF) break;
        if (received !== AVERROR_EAGAIN) {
          this.report.damaged++;
          if (this.#drained) break;
        } else if (this.#drained) break;
      }
    } catch (error) {
      frame.free();
      throw error;
    }
    frame.free();
    return undefined;
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    this.#skipped?.close();
    this.#packet.free();
    // One that has met damage, or learned to hold more pictures back, might not give the same pictures again.
    const asBefore = this.report.damaged + this.report.concealed === 0 && this.#codec.hasBFrames === this.#delay;
    if (asBefore && this.#resting !== undefined) this.#resting.rest(this.#codec);
    else this.#codec.freeContext();
    await this.file.context.closeInput();
  }

  async #feed(): Promise<void> {
    if (!this.#pending && !(await this.#nextPacket())) {
      this.#drained = true;
      await this.#codec.sendPacket(null);
      return;
    }
    const sent = await this.#codec.sendPacket(this.#packet);
    this.#pending = sent === AVERROR_EAGAIN;
    if (this.#pending) {
      this.#hungry = false;
      return;
    }
    if (sent < 0) this.report.damaged++;
    this.#packet.unref();
  }

  /** The next packet that is to be decoded; false at the end. */
  async #nextPacket(): Promise<boolean> {
    const skipped = this.#skipped;
    if (skipped === undefined) return this.#read();
    while (this.#skipping) {
      this.#skipping = (await this.#read()) && skipped.add(this.#packet);
      this.#packet.unref();
    }
    const next = skipped.next();
    if (next === undefined) return this.#read();
    this.#packet.ref(next);
    next.free();
    return true;
  }

  /** Reads the next packet of the pictures; false at the end. */
  async #read(): Promise<boolean> {
    const { context, video } = this.file;
    this.#readingSince = performance.now();
    try {
      for (;;) {
        throwIfAborted(this.#signal);
        const read = await context.readFrame(this.#packet);
        if (read === AVERROR_EAGAIN) {
          await new Promise((resolve) => setTimeout(resolve, 10));
          continue;
        }
        if (read < 0) {
          if (read !== AVERROR_EOF) this.report.readError = read;
          if (this.#suspectFor !== undefined) this.report.damaged++;
          this.#suspectFor = undefined;
          return false;
        }
        const own = this.#packet.streamIndex === video.index;
        const joined = own && this.#note();
        const leaps = this.#clock.correct(this.#packet);
        if (own) {
          this.#judgeSuspect(leaps || joined);
          break;
        }
        this.#packet.unref();
      }
    } finally {
      this.#readingSince = undefined;
    }
    return true;
  }

  /**
   * The last pictures before a join of two recordings are whole, although the container's counters say that something is missing behind them.
   * @param join another recording begins with the packet that has just been read: the clock leaps, or a key picture follows without a gap. Where
   *   data was lost there, the decoder has to fill in a picture, and that counts.
   */
  #judgeSuspect(join: boolean): void {
    if (join) this.#suspectFor = undefined;
    if (this.#suspectFor === undefined) return;
    this.#suspectFor--;
    if (this.#suspectFor >= 0) return;
    this.report.damaged++;
    this.#suspectFor = undefined;
  }

  /** Takes down damage and time of a packet. Answers whether it is a key picture that follows the one before without a gap. */
  #note(): boolean {
    const { flags, pts, dts, duration } = this.#packet;
    const next = this.#nextDts;
    this.#nextDts = dts === AV_NOPTS_VALUE || duration <= 0n ? undefined : dts + duration;
    const follows = next !== undefined && dts !== AV_NOPTS_VALUE && 2n * (dts - next) <= duration;
    if ((flags & AV_PKT_FLAG_CORRUPT) !== 0) {
      if (this.#suspectFor !== undefined) this.report.damaged++;
      this.#suspectFor = SUSPECT_PACKETS;
    }
    const stamp = pts === AV_NOPTS_VALUE ? dts : pts;
    if (stamp !== AV_NOPTS_VALUE && (flags & AV_PKT_FLAG_DISCARD) === 0) {
      const end = stamp + (duration > 0n ? duration : 0n);
      if (this.report.lastTick === undefined || end > this.report.lastTick) this.report.lastTick = end;
    }
    return follows && (flags & AV_PKT_FLAG_KEY) !== 0;
  }
}

/** True for the answer of a read that was interrupted because it stalled. */
export function stalled(report: DecodeReport): boolean {
  return report.readError === AVERROR_EXIT;
}
