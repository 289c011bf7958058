// Decodes sound and encodes it anew.
import {
  AV_CHANNEL_ORDER_NATIVE,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_NOPTS_VALUE,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  type AVSampleFormat,
  type FFEncoderCodec,
} from 'node-av/constants';
import { avGetSampleFmtName, Codec, CodecContext, Dictionary, Frame, Packet, type Stream } from 'node-av/lib';
import { checkFfmpeg } from '../ffmpeg/ffmpeg.js';
import { copyableMetadata } from '../sink/metadata.js';
import type { Muxer } from '../sink/muxer.js';
import { ticksToSeconds } from '../source/timeStamps.js';
import type { Route } from './route.js';
import { type FilterSteps, layoutName, SoundFilters, type SoundFormat } from './soundFilters.js';
import { namedLayout, type SoundTarget, soundTarget } from './soundTarget.js';

/** Bits per second of one channel of AAC or Opus. */
const BIT_RATE = 96_000n;
/** Samples of a packet where the encoder leaves that open. */
const PACKET_SAMPLES = 1024;
/** Time stamps that are off by more than this many seconds are made true with silence or by leaving samples out. */
const OUT_OF_STEP_SECONDS = 0.03;
/** Rates that a damaged header may announce, and no recorder uses. */
const HIGHEST_RATE = 1_600_000;

/** What became of the sound that is decoded at one time. */
interface Converter {
  readonly from: SoundFormat;
  readonly filters: SoundFilters;
}

/** Decodes sound and encodes it anew with one rate and layout, whatever it changes to on its way. */
export class AudioTranscoder implements Route {
  /** What the sound is stored as, to be shown: the codec, and the rate and layout where they are not the source's. */
  readonly description: string;
  readonly #in: Stream;
  readonly #out: Stream;
  readonly #muxer: Muxer;
  readonly #notes: string[];
  readonly #decoder: CodecContext;
  readonly #encoder: CodecContext;
  readonly #decoded = new Frame();
  readonly #filtered = new Frame();
  readonly #placed = new Frame();
  readonly #packet = new Packet();
  readonly #placer: SoundFilters;
  #converter: Converter | undefined;
  #damaged = 0;
  /** What the sound was before it changed, and where the note on it lies. */
  #change: { readonly from: SoundFormat; readonly note: number } | undefined;

  private constructor(
    stream: Stream,
    muxer: Muxer,
    notes: string[],
    codec: string,
    decoder: CodecContext,
    encoder: CodecContext,
  ) {
    this.#in = stream;
    this.#muxer = muxer;
    this.#notes = notes;
    this.#decoder = decoder;
    this.#encoder = encoder;
    this.description = describe(stream, codec, encoder);
    this.#out = muxer.context.newStream(null);
    this.#out.codecpar.fromContext(encoder);
    this.#out.timeBase = encoder.timeBase;
    this.#out.disposition = stream.disposition;
    this.#out.metadata = Dictionary.fromObject(copyableMetadata(stream.metadata?.getAll() ?? {}));
    for (const holder of [this.#decoded, this.#filtered, this.#placed, this.#packet]) holder.alloc();
    const samples = encoder.frameSize > 0 ? encoder.frameSize : PACKET_SAMPLES;
    this.#placer = new SoundFilters(
      encoder,
      encoder.timeBase,
      [
        ['aresample', `async=1:min_hard_comp=${OUT_OF_STEP_SECONDS}`],
        ['aformat', formatOf(encoder)],
        ['asetnsamples', `n=${samples}:p=0`],
      ],
      this.#placed,
    );
  }

  /**
   * `undefined` when FFmpeg cannot decode the sound, or not encode it for the container.
   * @param codec FFmpeg's name of the encoder, the container's own unless given.
   */
  static async open(
    stream: Stream,
    muxer: Muxer,
    notes: string[],
    codec = muxer.container.audioEncoder,
  ): Promise<AudioTranscoder | undefined> {
    const { codecId, sampleRate, channelLayout } = stream.codecpar;
    const coder = Codec.findDecoder(codecId);
    const target = Codec.findEncoderByName(codec as FFEncoderCodec);
    if (coder === null || target === null || channelLayout.nbChannels < 1 || sampleRate < 1) return undefined;
    const decoder = new CodecContext();
    decoder.allocContext3(coder);
    decoder.parametersToContext(stream.codecpar);
    decoder.pktTimebase = stream.timeBase;
    const encoder = new CodecContext();
    encoder.allocContext3(target);
    setTarget(encoder, soundTarget(codec, sampleRate, channelLayout));
    encoder.sampleFormat = (target.sampleFormats ?? [])[0];
    if (codec === 'aac' || codec === 'libopus') encoder.bitRate = BIT_RATE * BigInt(encoder.channelLayout.nbChannels);
    encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    if ((await decoder.open2(coder)) < 0 || (await encoder.open2(target)) < 0) {
      decoder.freeContext();
      encoder.freeContext();
      return undefined;
    }
    return new AudioTranscoder(stream, muxer, notes, codec, decoder, encoder);
  }

  /** Packets and frames that could not be decoded or converted. */
  get damaged(): number {
    return this.#damaged;
  }

  secondsOf({ pts, dts }: Packet): number {
    const stamp = pts === AV_NOPTS_VALUE ? dts : pts;
    return stamp === AV_NOPTS_VALUE ? Number.NEGATIVE_INFINITY : ticksToSeconds(stamp, this.#in.timeBase);
  }

  async write(packet: Packet): Promise<void> {
    // A damaged packet costs its sound, not the run.
    if ((await this.#decoder.sendPacket(packet)) < 0) this.#damaged++;
    await this.#decode();
  }

  async finish(): Promise<void> {
    await this.#decoder.sendPacket(null);
    await this.#decode();
    await this.#endConversion();
    await this.#placer.filter(null, (frame) => this.#encode(frame));
    await this.#encode(null);
  }

  close(): void {
    this.#converter?.filters.close();
    this.#placer.close();
    this.#decoder.freeContext();
    this.#encoder.freeContext();
    for (const holder of [this.#decoded, this.#filtered, this.#placed, this.#packet]) holder.free();
  }

  async #decode(): Promise<void> {
    for (;;) {
      const received = await this.#decoder.receiveFrame(this.#decoded);
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF) return;
      if (received < 0) {
        this.#damaged++;
        return;
      }
      await this.#convert(this.#decoded);
      this.#decoded.unref();
    }
  }

  async #convert(frame: Frame): Promise<void> {
    const { sampleRate, nbSamples } = frame;
    const channels = frame.channelLayout.nbChannels;
    if (nbSamples < 1) return;
    if (sampleRate < 1 || sampleRate > HIGHEST_RATE || channels < 1) {
      this.#damaged++;
      return;
    }
    const from = {
      sampleRate,
      sampleFormat: frame.format as AVSampleFormat,
      channelLayout: namedLayout(frame.channelLayout),
    };
    if (this.#converter === undefined || !sameFormat(this.#converter.from, from)) await this.#changeTo(from);
    if (this.#converter === undefined) return;
    // The filters refuse a frame whose layout is called differently from theirs.
    frame.channelLayout = from.channelLayout;
    const taken = await this.#converter.filters.filter(frame, (converted) => this.#place(converted));
    if (!taken) this.#damaged++;
  }

  async #changeTo(from: SoundFormat): Promise<void> {
    const before = this.#converter?.from;
    await this.#endConversion();
    try {
      const filters = new SoundFilters(from, this.#in.timeBase, conversion(from, this.#encoder), this.#filtered);
      this.#converter = { from, filters };
    } catch (error) {
      // A damaged header announces what cannot be converted; sound that was so from its first frame is another matter.
      if (before === undefined) throw error;
      this.#damaged++;
      return;
    }
    if (before === undefined || (this.#change !== undefined && sameFormat(this.#change.from, from))) return;
    // A decoder may change rate and channels one after the other: what it had first and what it came to are said, in one note.
    this.#change ??= { from: before, note: this.#notes.length };
    this.#notes[this.#change.note] =
      `Stream ${this.#in.index}: the sound changes on its way from ${inWords(this.#change.from)} to ${inWords(from)}; it is stored as ${inWords(this.#encoder)} throughout.`;
  }

  async #endConversion(): Promise<void> {
    await this.#converter?.filters.filter(null, (converted) => this.#place(converted));
    this.#converter?.filters.close();
    this.#converter = undefined;
  }

  async #place(converted: Frame): Promise<void> {
    await this.#placer.filter(converted, (placed) => this.#encode(placed));
  }

  async #encode(frame: Frame | null): Promise<void> {
    checkFfmpeg(await this.#encoder.sendFrame(frame), 'GIMBAL_E_ENCODE', 'encode sound');
    for (;;) {
      const received = await this.#encoder.receivePacket(this.#packet);
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF) return;
      checkFfmpeg(received, 'GIMBAL_E_ENCODE', 'encode sound');
      this.#packet.rescaleTs(this.#encoder.timeBase, this.#out.timeBase);
      await this.#muxer.writeOrFail(this.#packet, this.#out);
      this.#packet.unref();
    }
  }
}

function setTarget(encoder: CodecContext, { sampleRate, channelLayout }: SoundTarget): void {
  encoder.sampleRate = sampleRate;
  encoder.channelLayout = channelLayout;
  encoder.timeBase = { num: 1, den: sampleRate } as CodecContext['timeBase'];
}

/** Resamples to the encoder's rate, format and layout. */
function conversion(from: SoundFormat, to: SoundFormat): FilterSteps {
  const steps: (readonly [string, string])[] = [];
  const { order, nbChannels } = from.channelLayout;
  // Channels that are for no speaker are separate tracks, in pairs of left and right.
  if (order !== AV_CHANNEL_ORDER_NATIVE && nbChannels > 2) {
    steps.push(['aformat', 'sample_fmts=dbl'], ['pan', pairsToStereo(nbChannels)]);
    steps.push(['alimiter', 'limit=0.97:level=0:latency=1']);
  }
  steps.push(['aresample', String(to.sampleRate)], ['aformat', formatOf(to)]);
  return steps;
}

function pairsToStereo(channels: number): string {
  const side = (first: number) => {
    const ours = Array.from({ length: channels }, (_, i) => i).filter((i) => i % 2 === first);
    return ours.map((i) => `${(1 / Math.sqrt(ours.length)).toFixed(4)}*c${i}`).join('+');
  };
  return `stereo|c0=${side(0)}|c1=${side(1)}`;
}

function formatOf({ sampleRate, sampleFormat, channelLayout }: SoundFormat): string {
  return `sample_fmts=${avGetSampleFmtName(sampleFormat)}:sample_rates=${sampleRate}:channel_layouts=${layoutName(channelLayout)}`;
}

function sameFormat(a: SoundFormat, b: SoundFormat): boolean {
  return (
    a.sampleRate === b.sampleRate &&
    a.sampleFormat === b.sampleFormat &&
    a.channelLayout.nbChannels === b.channelLayout.nbChannels &&
    a.channelLayout.order === b.channelLayout.order &&
    a.channelLayout.mask === b.channelLayout.mask
  );
}

function inWords({ sampleRate, channelLayout }: Omit<SoundFormat, 'sampleFormat'>): string {
  return `${sampleRate} Hz ${layoutName(channelLayout)}`;
}

function describe({ codecpar }: Stream, codec: string, encoder: CodecContext): string {
  const changes: string[] = [];
  if (encoder.sampleRate !== codecpar.sampleRate) {
    changes.push(`resampled from ${codecpar.sampleRate} to ${encoder.sampleRate} Hz`);
  }
  const from = namedLayout(codecpar.channelLayout);
  if (from.mask !== encoder.channelLayout.mask || from.nbChannels !== encoder.channelLayout.nbChannels) {
    changes.push(`mixed from ${layoutName(from)} to ${layoutName(encoder.channelLayout)}`);
  }
  return [codec.replace(/^lib/, ''), ...changes].join(', ');
}
