import { GimbalError } from '@gimbal/core';
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_NOPTS_VALUE,
  AVERROR_EAGAIN,
  AVERROR_EOF,
  type AVSampleFormat,
  type FFEncoderCodec,
} from 'node-av/constants';
import {
  avChannelLayoutDefault,
  avChannelLayoutDescribe,
  avGetSampleFmtName,
  Codec,
  CodecContext,
  Dictionary,
  Filter,
  type FilterContext,
  FilterGraph,
  Frame,
  Packet,
  type Stream,
} from 'node-av/lib';
import { checkFfmpeg } from './ffmpeg.js';
import { copyableMetadata } from './metadata.js';
import type { Muxer } from './muxer.js';
import type { Route } from './streamRoutes.js';

/** Bits per second of one channel of AAC or Opus. */
const BIT_RATE = 96_000n;
/** Opus knows no other rate that music is recorded at. */
const OPUS_RATE = 48_000;

interface Chain {
  readonly graph: FilterGraph;
  readonly input: FilterContext;
  readonly output: FilterContext;
}

/** Decodes sound and encodes it as something that the output's container takes. */
export class AudioTranscoder implements Route {
  readonly codec: string;
  readonly #in: Stream;
  readonly #out: Stream;
  readonly #muxer: Muxer;
  readonly #decoder: CodecContext;
  readonly #encoder: CodecContext;
  readonly #decoded = new Frame();
  readonly #filtered = new Frame();
  readonly #packet = new Packet();
  #chain: Chain | undefined;

  private constructor(stream: Stream, muxer: Muxer, decoder: CodecContext, encoder: CodecContext) {
    this.codec = muxer.container.audioEncoder;
    this.#in = stream;
    this.#muxer = muxer;
    this.#decoder = decoder;
    this.#encoder = encoder;
    this.#out = muxer.context.newStream(null);
    this.#out.codecpar.fromContext(encoder);
    this.#out.timeBase = encoder.timeBase;
    this.#out.disposition = stream.disposition;
    this.#out.metadata = Dictionary.fromObject(copyableMetadata(stream.metadata?.getAll() ?? {}));
    for (const holder of [this.#decoded, this.#filtered, this.#packet]) holder.alloc();
  }

  /** `undefined` when FFmpeg cannot decode the sound, or not encode it for the container. */
  static async open(stream: Stream, muxer: Muxer): Promise<AudioTranscoder | undefined> {
    const coder = Codec.findDecoder(stream.codecpar.codecId);
    const target = Codec.findEncoderByName(muxer.container.audioEncoder as FFEncoderCodec);
    if (coder === null || target === null || stream.codecpar.channels < 1) return undefined;
    const decoder = new CodecContext();
    decoder.allocContext3(coder);
    decoder.parametersToContext(stream.codecpar);
    decoder.pktTimebase = stream.timeBase;
    const encoder = new CodecContext();
    encoder.allocContext3(target);
    const opus = target.name === 'libopus';
    encoder.sampleRate = opus ? OPUS_RATE : stream.codecpar.sampleRate;
    const layout = stream.codecpar.channelLayout;
    encoder.channelLayout = layout.mask ? layout : avChannelLayoutDefault(layout.nbChannels);
    encoder.sampleFormat = (target.sampleFormats ?? [])[0];
    encoder.timeBase = { num: 1, den: encoder.sampleRate } as CodecContext['timeBase'];
    if (target.name !== 'flac') encoder.bitRate = BIT_RATE * BigInt(layout.nbChannels);
    encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    if ((await decoder.open2(coder)) < 0 || (await encoder.open2(target)) < 0) {
      decoder.freeContext();
      encoder.freeContext();
      return undefined;
    }
    return new AudioTranscoder(stream, muxer, decoder, encoder);
  }

  secondsOf(packet: Packet): number {
    const { num, den } = this.#in.timeBase;
    const stamp = packet.pts === AV_NOPTS_VALUE ? packet.dts : packet.pts;
    return stamp === AV_NOPTS_VALUE ? Number.NEGATIVE_INFINITY : (Number(stamp) * num) / den;
  }

  async write(packet: Packet): Promise<void> {
    // A damaged packet costs its sound, not the run.
    await this.#decoder.sendPacket(packet);
    await this.#decode();
  }

  async finish(): Promise<void> {
    await this.#decoder.sendPacket(null);
    await this.#decode();
    if (this.#chain) {
      await this.#chain.input.buffersrcAddFrame(null);
      await this.#filter(this.#chain);
    }
    await this.#encoder.sendFrame(null);
    await this.#encode();
  }

  close(): void {
    this.#chain?.graph.free();
    this.#decoder.freeContext();
    this.#encoder.freeContext();
    for (const holder of [this.#decoded, this.#filtered, this.#packet]) holder.free();
  }

  async #decode(): Promise<void> {
    while ((await this.#decoder.receiveFrame(this.#decoded)) >= 0) {
      this.#chain ??= this.#makeChain(this.#decoded);
      const added = await this.#chain.input.buffersrcAddFrame(this.#decoded);
      checkFfmpeg(added, 'GIMBAL_E_ENCODE', 'convert sound');
      await this.#filter(this.#chain);
      this.#decoded.unref();
    }
  }

  async #filter({ output }: Chain): Promise<void> {
    while ((await output.buffersinkGetFrame(this.#filtered)) >= 0) {
      const sent = await this.#encoder.sendFrame(this.#filtered);
      checkFfmpeg(sent, 'GIMBAL_E_ENCODE', 'encode sound');
      this.#filtered.unref();
      await this.#encode();
    }
  }

  async #encode(): Promise<void> {
    for (;;) {
      const received = await this.#encoder.receivePacket(this.#packet);
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF) return;
      checkFfmpeg(received, 'GIMBAL_E_ENCODE', 'encode sound');
      this.#packet.rescaleTs(this.#encoder.timeBase, this.#out.timeBase);
      await this.#muxer.writeOrFail(this.#packet, this.#out);
      this.#packet.unref();
    }
  }

  /** Resamples to the encoder's rate, format and layout, and cuts the sound into frames of the encoder's size. */
  #makeChain(frame: Frame): Chain {
    const describe = (layout: Frame['channelLayout']) =>
      avChannelLayoutDescribe(layout.mask ? layout : avChannelLayoutDefault(layout.nbChannels)) ?? 'stereo';
    const { num, den } = this.#in.timeBase;
    const format = avGetSampleFmtName(frame.format as AVSampleFormat);
    const graph = new FilterGraph();
    graph.alloc();
    const add = (name: string, label: string, args: string | null): FilterContext => {
      const filter = Filter.getByName(name);
      const context = filter && graph.createFilter(filter, label, args);
      if (!context)
        throw new GimbalError('GIMBAL_E_ENCODE', `This FFmpeg lacks the filter ${name}, which converting sound needs.`);
      return context;
    };
    const layout = describe(frame.channelLayout);
    const input = add(
      'abuffer',
      'in',
      `time_base=${num}/${den}:sample_rate=${frame.sampleRate}:sample_fmt=${format}:channel_layout=${layout}`,
    );
    const steps = [
      add('aresample', 'resample', `${this.#encoder.sampleRate}:async=1`),
      add(
        'aformat',
        'format',
        `sample_fmts=${avGetSampleFmtName(this.#encoder.sampleFormat)}:sample_rates=${this.#encoder.sampleRate}:channel_layouts=${describe(this.#encoder.channelLayout)}`,
      ),
      ...(this.#encoder.frameSize > 0 ? [add('asetnsamples', 'cut', `n=${this.#encoder.frameSize}:p=0`)] : []),
    ];
    const output = add('abuffersink', 'out', null);
    let previous = input;
    for (const step of [...steps, output]) {
      checkFfmpeg(previous.link(0, step, 0), 'GIMBAL_E_ENCODE', 'connect the sound filters');
      previous = step;
    }
    checkFfmpeg(graph.configSync(), 'GIMBAL_E_ENCODE', 'set up the sound filters');
    return { graph, input, output };
  }
}
