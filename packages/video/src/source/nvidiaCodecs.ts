import { AV_LOG_ERROR, AV_PIX_FMT_NV12, type FFDecoderCodec, type FFEncoderCodec } from 'node-av/constants';
import { Codec, CodecContext, Dictionary, Log, Rational } from 'node-av/lib';
import { ffmpegReason, quietFfmpeg } from '../ffmpeg/ffmpeg.js';

/** Whether a part of an NVIDIA GPU that is made for one codec can be used here. */
export interface NvidiaCodec {
  /** Such as `h264`. */
  readonly codec: string;
  readonly usable: boolean;
  /** Why not, in FFmpeg's words; empty when it is. */
  readonly reason: string;
}

/** What a GPU decodes (NVDEC) and encodes (NVENC) by itself. */
export interface NvidiaCodecs {
  readonly decoders: readonly NvidiaCodec[];
  readonly encoders: readonly NvidiaCodec[];
}

/** Codecs that anyone still has clips of. */
const DECODERS = ['h264', 'hevc', 'av1', 'vp9', 'vp8', 'mpeg2', 'mpeg4', 'mjpeg', 'vc1'];
const ENCODERS = ['h264', 'hevc', 'av1'];
/** Every decoder and encoder takes pictures of this size. */
const SIDE = 512;

/**
 * Asks the first CUDA device (or that of the ordinal) by opening each decoder and encoder: FFmpeg's list says only what it was built with.
 * Takes some hundred milliseconds, off the event loop, and leaves nothing open.
 */
export async function nvidiaCodecs(ordinal = 0): Promise<NvidiaCodecs> {
  quietFfmpeg();
  const decoders: NvidiaCodec[] = [];
  const encoders: NvidiaCodec[] = [];
  for (const name of DECODERS) {
    decoders.push(await tried(name, Codec.findDecoderByName(`${name}_cuvid` as FFDecoderCodec), ordinal));
  }
  for (const name of ENCODERS) {
    encoders.push(await tried(name, Codec.findEncoderByName(`${name}_nvenc` as FFEncoderCodec), ordinal));
  }
  return { decoders, encoders };
}

async function tried(name: string, codec: Codec | null, ordinal: number): Promise<NvidiaCodec> {
  if (codec === null) return { codec: name, usable: false, reason: 'this FFmpeg was built without it' };
  const said: string[] = [];
  const context = new CodecContext();
  context.allocContext3(codec);
  context.width = SIDE;
  context.height = SIDE;
  context.pixelFormat = AV_PIX_FMT_NV12;
  context.timeBase = new Rational(1, 30);
  const options = Dictionary.fromObject({ gpu: String(ordinal) });
  // The error's number says nothing of the driver; the log does.
  Log.setCallback((level, message) => level <= AV_LOG_ERROR && said.push(message.trim()), { maxLevel: AV_LOG_ERROR });
  try {
    const code = await context.open2(codec, options);
    // What was logged on another thread is on its way.
    await new Promise((resolve) => setImmediate(resolve));
    const reason = code < 0 ? (said.find((line) => line !== '') ?? ffmpegReason(code)) : '';
    return { codec: name, usable: code >= 0, reason };
  } finally {
    Log.resetCallback();
    context.freeContext();
    options.free();
  }
}
