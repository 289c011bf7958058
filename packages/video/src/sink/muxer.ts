// Writes packets into a container.
import { AVERROR_EINVAL, AVERROR_INVALIDDATA, AVERROR_PATCHWELCOME, AVFMT_FLAG_CUSTOM_IO } from 'node-av/constants';
import type { Packet, Stream } from 'node-av/lib';
import { Dictionary, FormatContext, type IOContext } from 'node-av/lib';
import { fileUrl } from '../ffmpeg/ffmpeg.js';
import { type Rational, ticksToSeconds } from '../source/timeStamps.js';
import type { VideoStreamInfo } from '../source/videoStreamInfo.js';
import { type Container, isQuicktime } from './container.js';
import { copyableMetadata } from './metadata.js';
import type { OutputPipe } from './outputPipe.js';
import type { VideoEncoder } from './videoEncoder.js';
import { checkWrite } from './writeError.js';

/** What FFmpeg answers when it is the packet that is wrong: headers that make no sense, or that no writer makes. */
const REFUSALS: ReadonlySet<number> = new Set([AVERROR_INVALIDDATA, AVERROR_PATCHWELCOME, AVERROR_EINVAL]);

/** Writes packets into a container, off the event loop. Calls queue up inside FFmpeg; packets may come from several streams. */
export class Muxer {
  readonly context = new FormatContext();
  readonly container: Container;
  readonly #name: string;
  readonly #pipe: OutputPipe | undefined;
  #io: IOContext | undefined;
  #opened = false;
  #earliest = 0;
  #damaged = 0;

  /**
   * @param target the file, or the pipe, in which nothing can be changed that is written.
   * @param name what messages call the output.
   */
  constructor(target: string | OutputPipe, name: string, container: Container) {
    this.container = container;
    this.#name = name;
    this.#pipe = typeof target === 'string' ? undefined : target;
    const url = typeof target === 'string' ? fileUrl(target) : null;
    const allocated = this.context.allocOutputContext2(null, container.muxer, url);
    checkWrite(allocated, `set up the container ${container.muxer}`, name);
  }

  addVideo(encoder: VideoEncoder, info: VideoStreamInfo, codec: string): Stream {
    const stream = this.context.newStream(null);
    stream.codecpar.fromContext(encoder.context);
    stream.timeBase = encoder.context.timeBase;
    stream.avgFrameRate = encoder.context.framerate;
    stream.sampleAspectRatio = encoder.context.sampleAspectRatio;
    return this.#asInfo(stream, info, codec);
  }

  /** A stream of pictures that were encoded earlier and lie in another file. */
  addCopiedVideo(coded: Stream, info: VideoStreamInfo, codec: string): Stream {
    const stream = this.context.newStream(null);
    coded.codecpar.copy(stream.codecpar);
    stream.codecpar.codecTag = 0;
    stream.codecpar.sampleAspectRatio = rational(info.sampleAspectRatio);
    stream.timeBase = rational(info.timeBase);
    stream.avgFrameRate = rational(info.frameRate);
    stream.sampleAspectRatio = rational(info.sampleAspectRatio);
    return this.#asInfo(stream, info, codec);
  }

  #asInfo(stream: Stream, info: VideoStreamInfo, codec: string): Stream {
    // Apple's players show HEVC under this tag only.
    if (codec === 'h265' && isQuicktime(this.container)) {
      stream.codecpar.codecTag = 'hvc1';
    }
    for (const [type, block] of info.sideData) {
      stream.codecpar.addCodedSideData(
        type as Parameters<typeof stream.codecpar.addCodedSideData>[0],
        Buffer.from(block),
      );
    }
    stream.metadata = Dictionary.fromObject(copyableMetadata(info.metadata));
    stream.disposition = info.disposition as typeof stream.disposition;
    return stream;
  }

  /**
   * Opens the file and writes what stands before the first packet.
   * @param exactStart The time base in which the first time stamp is kept; QuickTime's files round it to milliseconds otherwise.
   */
  async start(metadata: Readonly<Record<string, string>>, exactStart?: Rational): Promise<void> {
    const kept = copyableMetadata(metadata);
    this.context.metadata = Dictionary.fromObject(kept);
    await this.#open();
    // What is read while it is written comes in pieces; the index waits for the first, so that it can say where each stream starts.
    const flags = this.#pipe === undefined ? ['faststart'] : ['frag_keyframe', 'delay_moov', 'default_base_moof'];
    // Apple's and Android's own keys survive only as `mdta` atoms.
    if (Object.keys(kept).some((key) => key.startsWith('com.'))) flags.push('use_metadata_tags');
    const quicktime = isQuicktime(this.container);
    const options = Dictionary.fromObject({
      ...(quicktime && { movflags: `+${flags.join('+')}` }),
      ...(quicktime && exactStart && { movie_timescale: String(quicktimeScale(exactStart)) }),
    });
    try {
      this.#checkWrite(await this.context.writeHeader(options), 'write the header');
    } finally {
      options.free();
    }
    await this.#pipe?.headerWritten();
  }

  async #open(): Promise<void> {
    if (this.#pipe === undefined) {
      checkWrite(await this.context.openOutput(), 'open the file', this.#name);
      this.#opened = true;
      return;
    }
    this.#io = this.#pipe.begin();
    this.context.pb = this.#io;
    this.context.setFlags(AVFMT_FLAG_CUSTOM_IO);
  }

  /** Writes a packet whose time stamps are in the stream's time base; its data are taken over. */
  async write(packet: Packet, stream: Stream): Promise<number> {
    packet.streamIndex = stream.index;
    if (packet.pts < 0n) this.#earliest = Math.min(this.#earliest, beforeZero(packet, stream));
    packet.pos = -1n;
    return this.context.interleavedWriteFrame(packet);
  }

  /** As {@link write}; a packet that the container refuses as damaged is counted and lost. @throws GimbalError when writing fails. */
  async writeOrFail(packet: Packet, stream: Stream): Promise<void> {
    this.#check(await this.write(packet, stream));
  }

  /** Packets that the container refused as damaged, and that are lost. */
  get damaged(): number {
    return this.#damaged;
  }

  /** FFmpeg refuses one packet at a time, not always the one just given: it keeps some back to put them in order. */
  #check(code: number): boolean {
    if (!REFUSALS.has(code)) return this.#checkWrite(code, 'write a packet') >= 0;
    this.#damaged++;
    return false;
  }

  /**
   * Seconds by which the container moved every packet: Matroska has no time before zero, so a packet that lies there puts off
   * everything. Complete after `finish`.
   */
  get delay(): number {
    return isQuicktime(this.container) ? 0 : -this.#earliest;
  }

  async finish(): Promise<void> {
    // The trailer would give up what waits behind a damaged packet.
    while (!this.#check(await this.context.interleavedWriteFrame(null)));
    this.#checkWrite(await this.context.writeTrailer(), 'complete the end');
  }

  async close(): Promise<void> {
    if (this.#opened) await this.context.closeOutput();
    this.#opened = false;
    if (this.#io !== undefined) this.context.pb = null;
    this.context.freeContext();
    this.#io?.freeContext();
    this.#io = undefined;
  }

  /** A pipe knows better than FFmpeg why it takes nothing more. */
  #checkWrite(code: number, what: string): number {
    if (this.#pipe?.failure !== undefined) throw this.#pipe.failure;
    return checkWrite(code, what, this.#name);
  }
}

/** Seconds of a packet's time stamp, less what Matroska stores of it apart: the run-in of a sound encoder. */
function beforeZero({ pts }: Packet, { timeBase, codecpar }: Stream): number {
  const runIn = codecpar.initialPadding > 0 ? codecpar.initialPadding / codecpar.sampleRate : 0;
  return ticksToSeconds(pts, timeBase) + runIn;
}

function rational({ num, den }: Rational): Stream['timeBase'] {
  return { num, den } as Stream['timeBase'];
}

/** Ticks a second that FFmpeg gives a track of this time base. */
function quicktimeScale({ den }: Rational): number {
  let scale = den;
  while (scale < 10_000) scale *= 2;
  return scale;
}
