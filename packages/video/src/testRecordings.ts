import { type ChirpMoment, chirp, chirpMoments } from '@gimbal/fixtures';
import {
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_NOPTS_VALUE,
  AV_PIX_FMT_YUV420P,
  AV_SAMPLE_FMT_FLTP,
  AV_SAMPLE_FMT_S16,
  AV_SAMPLE_FMT_S32,
  AVFMT_GLOBALHEADER,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
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
  FilterGraph,
  FormatContext,
  Frame,
  Packet,
  type Stream,
} from 'node-av/lib';
import { checkFfmpeg, quietFfmpeg } from './ffmpeg.js';

const FRAME_RATE = 25;
const HEARD_RATE = 16_000;
/** Luma of the picture of moment 0, and by how much it rises with each picture. */
const FIRST_LUMA = 20;
const LUMA_STEP = 2;

/** One stream of sound of a recording: a chirp that tells the moment, in every channel. */
export interface RecordedSound {
  readonly codec: 'mp2' | 'aac' | 'ac3' | 'libmp3lame' | 'libopus' | 'pcm_s16le' | 'pcm_s24le' | 'pcm_s32le' | 'flac';
  readonly rate?: number;
  readonly channels?: number;
  /** The speakers, by FFmpeg's bits. */
  readonly mask?: bigint;
  /** Seconds that its clock is ahead of the pictures'. */
  readonly ahead?: number;
}

/** A recording of pictures whose brightness tells the moment, and of sound whose pitch does. */
export interface Recording {
  /** FFmpeg's name of the muxer. */
  readonly muxer: string;
  readonly video?: 'libx264' | 'mpeg2video' | 'dvvideo' | 'mpeg4';
  readonly sound?: readonly RecordedSound[];
  /** The moment at which it begins, and how long it is; seconds. */
  readonly from?: number;
  readonly seconds?: number;
  /** Time stamp of its first moment, in seconds. */
  readonly clock?: number;
  readonly options?: Readonly<Record<string, string>>;
}

interface Track {
  readonly stream: Stream;
  readonly encoder: CodecContext;
  readonly ahead: number;
  /** The next frame, and when it is due in the recording; nothing at the end. */
  next(): { readonly frame: Frame; readonly time: number } | undefined;
}

/** Writes a recording with FFmpeg alone: nothing of the package under test takes part. */
export async function writeRecording(file: string, recording: Recording): Promise<void> {
  quietFfmpeg();
  const { muxer, sound = [{ codec: 'mp2' }], clock = 0 } = recording;
  const context = new FormatContext();
  checkFfmpeg(context.allocOutputContext2(null, muxer, file), 'GIMBAL_E_ENCODE', `make ${file}`);
  const tracks = [await pictureTrack(context, recording)];
  for (const each of sound) tracks.push(await soundTrack(context, recording, each));
  await context.openOutput();
  const options = Dictionary.fromObject({ ...recording.options });
  checkFfmpeg(await context.writeHeader(options), 'GIMBAL_E_ENCODE', `begin ${file}`);
  const packet = new Packet();
  packet.alloc();
  const send = async (track: Track, frame: Frame | null) => {
    const { encoder, stream } = track;
    checkFfmpeg(await encoder.sendFrame(frame), 'GIMBAL_E_ENCODE', 'encode a recording');
    while ((await encoder.receivePacket(packet)) >= 0) {
      packet.rescaleTs(encoder.timeBase, stream.timeBase);
      const shift = BigInt(Math.round(((clock + track.ahead) * stream.timeBase.den) / stream.timeBase.num));
      packet.pts += shift;
      packet.dts += shift;
      packet.streamIndex = stream.index;
      checkFfmpeg(await context.interleavedWriteFrame(packet), 'GIMBAL_E_ENCODE', `write ${file}`);
    }
  };
  const waiting = tracks.map((track) => ({ track, due: track.next() }));
  for (;;) {
    const [first] = waiting.filter(({ due }) => due !== undefined).sort((a, b) => a.due!.time - b.due!.time);
    if (first?.due === undefined) break;
    await send(first.track, first.due.frame);
    first.due.frame.free();
    first.due = first.track.next();
  }
  for (const track of tracks) await send(track, null);
  await context.writeTrailer();
  await context.closeOutput();
  for (const { encoder } of tracks) encoder.freeContext();
  packet.free();
  options.free();
  context.freeContext();
}

async function opened(
  context: FormatContext,
  name: string,
  set: (encoder: CodecContext) => void,
): Promise<CodecContext> {
  const codec = Codec.findEncoderByName(name as FFEncoderCodec);
  if (codec === null) throw new Error(`this FFmpeg has no encoder ${name}`);
  const encoder = new CodecContext();
  encoder.allocContext3(codec);
  if (((context.oformat?.flags ?? 0) & AVFMT_GLOBALHEADER) !== 0) encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  set(encoder);
  checkFfmpeg(await encoder.open2(codec), 'GIMBAL_E_ENCODE', `start ${name}`);
  return encoder;
}

function addStream(context: FormatContext, encoder: CodecContext): Stream {
  const stream = context.newStream(null);
  stream.codecpar.fromContext(encoder);
  stream.codecpar.codecTag = 0;
  stream.timeBase = encoder.timeBase;
  return stream;
}

async function pictureTrack(context: FormatContext, recording: Recording): Promise<Track> {
  const { video = 'libx264', from = 0, seconds = 1.6 } = recording;
  const [width, height] = video === 'dvvideo' ? [720, 576] : [64, 48];
  const encoder = await opened(context, video, (settings) => {
    settings.width = width;
    settings.height = height;
    settings.pixelFormat = AV_PIX_FMT_YUV420P;
    settings.timeBase = { num: 1, den: FRAME_RATE } as CodecContext['timeBase'];
    settings.framerate = { num: FRAME_RATE, den: 1 } as CodecContext['framerate'];
    if (video !== 'dvvideo') settings.maxBFrames = video === 'mpeg4' ? 0 : 2;
    if (video === 'dvvideo') settings.sampleAspectRatio = { num: 64, den: 45 } as CodecContext['sampleAspectRatio'];
  });
  const count = Math.round(seconds * FRAME_RATE);
  let index = 0;
  const next = () => {
    if (index >= count) return undefined;
    const frame = new Frame();
    frame.alloc();
    Object.assign(frame, { width, height, format: AV_PIX_FMT_YUV420P });
    frame.getBuffer(0);
    const luma = FIRST_LUMA + LUMA_STEP * (Math.round(from * FRAME_RATE) + index);
    for (const [plane, data] of (frame.data ?? []).entries()) data.fill(plane === 0 ? luma : 128);
    frame.pts = BigInt(index);
    frame.duration = 1n;
    return { frame, time: index++ / FRAME_RATE };
  };
  return { stream: addStream(context, encoder), encoder, ahead: 0, next };
}

async function soundTrack(context: FormatContext, recording: Recording, sound: RecordedSound): Promise<Track> {
  const { codec, rate = 48_000, channels = 2, mask, ahead = 0 } = sound;
  const { from = 0, seconds = 1.6 } = recording;
  const format = {
    mp2: AV_SAMPLE_FMT_S16,
    pcm_s16le: AV_SAMPLE_FMT_S16,
    libopus: AV_SAMPLE_FMT_S16,
    flac: AV_SAMPLE_FMT_S16,
    pcm_s24le: AV_SAMPLE_FMT_S32,
    pcm_s32le: AV_SAMPLE_FMT_S32,
    aac: AV_SAMPLE_FMT_FLTP,
    ac3: AV_SAMPLE_FMT_FLTP,
    libmp3lame: AV_SAMPLE_FMT_FLTP,
  }[codec];
  const channelLayout =
    mask === undefined
      ? avChannelLayoutDefault(channels)
      : { ...avChannelLayoutDefault(2), nbChannels: channels, mask };
  const encoder = await opened(context, codec, (settings) => {
    settings.sampleRate = rate;
    settings.sampleFormat = format;
    settings.channelLayout = channelLayout;
    settings.timeBase = { num: 1, den: rate } as CodecContext['timeBase'];
  });
  const size = encoder.frameSize > 0 ? encoder.frameSize : 1024;
  const total = Math.round(seconds * rate);
  let sent = 0;
  const next = () => {
    if (sent >= total) return undefined;
    const frame = new Frame();
    frame.alloc();
    const count = Math.min(size, total - sent);
    Object.assign(frame, { format, sampleRate: rate, channelLayout, nbSamples: count });
    frame.getBuffer(0);
    const planes = frame.extendedData ?? frame.data ?? [];
    for (let i = 0; i < count; i++) {
      const value = chirp(from + (sent + i) / rate);
      for (let channel = 0; channel < channels; channel++) {
        if (format === AV_SAMPLE_FMT_FLTP) planes[channel].writeFloatLE(value, i * 4);
        else if (format === AV_SAMPLE_FMT_S16)
          planes[0].writeInt16LE(Math.round(value * 32767), (i * channels + channel) * 2);
        else planes[0].writeInt32LE(Math.round(value * 2147483647), (i * channels + channel) * 4);
      }
    }
    frame.pts = BigInt(sent);
    const time = sent / rate;
    sent += count;
    return { frame, time };
  };
  return { stream: addStream(context, encoder), encoder, ahead, next };
}

/** What a player makes of one file. */
export interface Played {
  /** When each picture is shown, and which moment it shows. */
  readonly pictures: readonly ChirpMoment[];
  /** What is heard of each stream of sound. */
  readonly sound: readonly (readonly ChirpMoment[])[];
  /** FFmpeg's description of each stream of sound. */
  readonly described: readonly { readonly codec: number; readonly rate: number; readonly channels: number }[];
}

/** Decodes a file with FFmpeg alone, sound placed where its time stamps say. */
export async function play(file: string): Promise<Played> {
  const context = new FormatContext();
  checkFfmpeg(await context.openInput(file), 'GIMBAL_E_INPUT_UNREADABLE', `open ${file}`);
  await context.findStreamInfo();
  const pictures: ChirpMoment[] = [];
  const players = new Map<number, Player>();
  for (const stream of context.streams) {
    const { codecType } = stream.codecpar;
    if (codecType === AVMEDIA_TYPE_VIDEO) players.set(stream.index, await picturePlayer(stream, pictures));
    if (codecType === AVMEDIA_TYPE_AUDIO) players.set(stream.index, await soundPlayer(stream));
  }
  const packet = new Packet();
  packet.alloc();
  while ((await context.readFrame(packet)) >= 0) {
    await players.get(packet.streamIndex)?.take(packet);
    packet.unref();
  }
  for (const player of players.values()) await player.take(null);
  const heard = [...players.values()].filter((player) => player.samples !== undefined);
  const sound = heard.map(({ samples }) => chirpMoments(samples?.() ?? new Float32Array(), HEARD_RATE));
  const described = context.streams
    .filter(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_AUDIO)
    .map(({ codecpar }) => ({ codec: codecpar.codecId, rate: codecpar.sampleRate, channels: codecpar.channels }));
  for (const player of players.values()) player.close();
  packet.free();
  await context.closeInput();
  return { pictures: pictures.sort((a, b) => a.time - b.time), sound, described };
}

interface Player {
  take(packet: Packet | null): Promise<void>;
  readonly samples?: () => Float32Array;
  close(): void;
}

async function decoderOf(stream: Stream): Promise<CodecContext> {
  const codec = Codec.findDecoder(stream.codecpar.codecId);
  if (codec === null) throw new Error('no decoder');
  const decoder = new CodecContext();
  decoder.allocContext3(codec);
  decoder.parametersToContext(stream.codecpar);
  decoder.pktTimebase = stream.timeBase;
  checkFfmpeg(await decoder.open2(codec), 'GIMBAL_E_INPUT_UNSUPPORTED', 'start a decoder');
  return decoder;
}

async function picturePlayer(stream: Stream, pictures: ChirpMoment[]): Promise<Player> {
  const decoder = await decoderOf(stream);
  const frame = new Frame();
  frame.alloc();
  return {
    async take(packet) {
      await decoder.sendPacket(packet);
      while ((await decoder.receiveFrame(frame)) >= 0) {
        const time = (Number(frame.bestEffortTimestamp) * stream.timeBase.num) / stream.timeBase.den;
        const luma = frame.data?.[0][frame.linesize[0] * (frame.height >> 1) + (frame.width >> 1)] ?? 0;
        pictures.push({ time, moment: Math.round((luma - FIRST_LUMA) / LUMA_STEP) / FRAME_RATE });
        frame.unref();
      }
    },
    close() {
      frame.free();
      decoder.freeContext();
    },
  };
}

async function soundPlayer(stream: Stream): Promise<Player> {
  const decoder = await decoderOf(stream);
  const chunks: Float32Array[] = [];
  const frame = new Frame();
  const out = new Frame();
  frame.alloc();
  out.alloc();
  let graph: FilterGraph | undefined;
  let ends:
    | { input: ReturnType<FilterGraph['createFilter']>; output: ReturnType<FilterGraph['createFilter']> }
    | undefined;
  const start = (first: Frame) => {
    graph = new FilterGraph();
    graph.alloc();
    const layout = first.channelLayout.mask
      ? first.channelLayout
      : avChannelLayoutDefault(first.channelLayout.nbChannels);
    const add = (name: string, args: string | null) => graph!.createFilter(Filter.getByName(name)!, name, args);
    const { num, den } = stream.timeBase;
    const format = avGetSampleFmtName(first.format as Parameters<typeof avGetSampleFmtName>[0]);
    const chain = [
      add(
        'abuffer',
        `time_base=${num}/${den}:sample_rate=${first.sampleRate}:sample_fmt=${format}:channel_layout=${avChannelLayoutDescribe(layout)}`,
      ),
      add('aresample', `${HEARD_RATE}:async=1:first_pts=0:min_hard_comp=0.02`),
      add('aformat', 'sample_fmts=flt:channel_layouts=mono'),
      add('abuffersink', null),
    ];
    for (let i = 1; i < chain.length; i++) chain[i - 1]!.link(0, chain[i]!, 0);
    checkFfmpeg(graph.configSync(), 'GIMBAL_E_INPUT_UNSUPPORTED', 'resample');
    ends = { input: chain[0], output: chain[3] };
  };
  const drain = async () => {
    while (ends && (await ends.output!.buffersinkGetFrame(out)) >= 0) {
      const [data] = out.data ?? [];
      if (data) chunks.push(new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + out.nbSamples * 4)));
      out.unref();
    }
  };
  return {
    async take(packet) {
      await decoder.sendPacket(packet);
      while ((await decoder.receiveFrame(frame)) >= 0) {
        if (frame.pts === AV_NOPTS_VALUE) frame.pts = frame.bestEffortTimestamp;
        if (ends === undefined) start(frame);
        await ends!.input!.buffersrcAddFrame(frame);
        await drain();
        frame.unref();
      }
      if (packet === null && ends !== undefined) {
        await ends.input!.buffersrcAddFrame(null);
        await drain();
      }
    },
    samples() {
      const all = new Float32Array(chunks.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const chunk of chunks) {
        all.set(chunk, at);
        at += chunk.length;
      }
      return all;
    },
    close() {
      graph?.free();
      frame.free();
      out.free();
      decoder.freeContext();
    },
  };
}
