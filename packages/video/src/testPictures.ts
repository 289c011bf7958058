// Clips of kinds that our own sink does not write: any encoder, pixel format, field order and side data that the FFmpeg inside has.
import { AV_CODEC_FLAG_GLOBAL_HEADER, AVFMT_GLOBALHEADER, type FFEncoderCodec } from 'node-av/constants';
import {
  avGetPixFmtFromName,
  Codec,
  CodecContext,
  Dictionary,
  FFmpegError,
  FormatContext,
  Frame,
  Packet,
  SoftwareScaleContext,
  type Stream,
} from 'node-av/lib';
import { quietFfmpeg } from './ffmpeg/ffmpeg.js';

/** How {@link writePictures} encodes. */
export interface PicturesOptions {
  /** FFmpeg's name of the encoder, and of the muxer; the file's extension chooses that unless told. */
  readonly encoder: string;
  readonly muxer?: string | undefined;
  readonly rate?: number | undefined;
  /** Options of the encoder, such as `{ crf: '10' }`. */
  readonly options?: Readonly<Record<string, string>> | undefined;
  /** Changes the encoder's context before it is opened. */
  readonly encode?: ((context: CodecContext) => void) | undefined;
  /** Changes the stream before the header is written. */
  readonly describe?: ((stream: Stream) => void) | undefined;
}

/** A picture in a format by FFmpeg's name, of undefined samples. */
export function picture(pixels: string, width: number, height: number): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.width = width;
  frame.height = height;
  frame.format = avGetPixFmtFromName(pixels);
  check(frame.getBuffer(0), `allocate ${pixels}`);
  return frame;
}

/** The same samples in another format, moved and not changed. */
export async function inFormat(frame: Frame, pixels: string): Promise<Frame> {
  const other = picture(pixels, frame.width, frame.height);
  const scaler = new SoftwareScaleContext();
  scaler.allocContext();
  scaler.setOption('sws_flags', 'bicubic+accurate_rnd+full_chroma_int+full_chroma_inp');
  other.colorRange = frame.colorRange;
  other.colorSpace = frame.colorSpace;
  check(await scaler.scaleFrame(other, frame), `convert to ${pixels}`);
  scaler.freeContext();
  return other;
}

/** Encodes pictures into a file, one every `1 / rate` seconds, and frees them. */
export async function writePictures(file: string, pictures: Iterable<Frame>, options: PicturesOptions): Promise<void> {
  quietFfmpeg();
  const { encoder, muxer = null, rate = 25, encode, describe } = options;
  const codec = Codec.findEncoderByName(encoder as FFEncoderCodec);
  if (codec === null) throw new Error(`This FFmpeg has no encoder ${encoder}.`);
  const format = new FormatContext();
  check(format.allocOutputContext2(null, muxer, file), `make ${file}`);
  const context = new CodecContext();
  context.allocContext3(codec);
  let stream: Stream | undefined;
  const packet = new Packet();
  packet.alloc();
  const drain = async () => {
    while ((await context.receivePacket(packet)) >= 0) {
      packet.streamIndex = 0;
      if (packet.duration === 0n) packet.duration = 1n;
      packet.rescaleTs(context.timeBase, (stream as Stream).timeBase);
      check(await format.interleavedWriteFrame(packet), 'write a packet');
    }
  };
  let index = 0n;
  for (const frame of pictures) {
    if (stream === undefined) {
      context.width = frame.width;
      context.height = frame.height;
      context.pixelFormat = frame.format as CodecContext['pixelFormat'];
      context.timeBase = { num: 1, den: rate } as CodecContext['timeBase'];
      context.framerate = { num: rate, den: 1 } as CodecContext['framerate'];
      context.sampleAspectRatio = frame.sampleAspectRatio;
      context.colorRange = frame.colorRange;
      context.colorSpace = frame.colorSpace;
      context.colorPrimaries = frame.colorPrimaries;
      context.colorTrc = frame.colorTrc;
      context.threadCount = 2;
      if (((format.oformat?.flags ?? 0) & AVFMT_GLOBALHEADER) !== 0) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
      encode?.(context);
      const dictionary = Dictionary.fromObject(options.options ?? {});
      check(await context.open2(codec, dictionary), `start ${encoder}`);
      stream = format.newStream(null);
      stream.codecpar.fromContext(context);
      stream.timeBase = context.timeBase;
      stream.avgFrameRate = context.framerate;
      stream.sampleAspectRatio = context.sampleAspectRatio;
      describe?.(stream);
      check(await format.openOutput(), `open ${file}`);
      check(await format.writeHeader(null), 'write the header');
    }
    frame.pts = index++;
    check(await context.sendFrame(frame), 'encode a picture');
    frame.free();
    await drain();
  }
  await context.sendFrame(null);
  await drain();
  check(await format.writeTrailer(), 'complete the file');
  packet.free();
  context.freeContext();
  await format.closeOutput();
  format.freeContext();
}

function check(code: number, what: string): void {
  if (code < 0) throw new Error(`FFmpeg could not ${what}: ${FFmpegError.strerror(code)}`);
}
