import { GimbalError, type PixelFormat, type Size } from '@gimbal/core';
import { AV_CODEC_FLAG_GLOBAL_HEADER, AV_PIX_FMT_CUDA, AVERROR_EAGAIN, AVERROR_EOF } from 'node-av/constants';
import type { Frame, HardwareFramesContext } from 'node-av/lib';
import { avcodecFindBestPixFmtOfList, avGetPixFmtName, Codec, CodecContext, Dictionary, Packet } from 'node-av/lib';
import { checkFfmpeg } from '../ffmpeg/ffmpeg.js';
import { withLowPriorityThreads } from '../ffmpeg/lowerThreadPriority.js';
import { hasAlpha, pixelFormat, pixelFormatNumber } from '../frame/pixelFormats.js';
import type { VideoStreamInfo } from '../source/videoStreamInfo.js';
import { type EncoderSettings, lookaheadParameters } from './encoderSettings.js';
import { hdrParameters } from './hdrSettings.js';

/** The format that an encoder stores pictures of `wanted` in: the same if it can, otherwise the nearest. */
export function encodedFormat(settings: EncoderSettings, wanted: PixelFormat): PixelFormat {
  const known = (findEncoder(settings).pixelFormats ?? []).filter((n) => pixelFormat(avGetPixFmtName(n) ?? ''));
  const alike = known.filter((n) => hasAlpha(avGetPixFmtName(n) ?? '') === (wanted.alpha === true));
  const offered = alike.length > 0 ? alike : known;
  const number = pixelFormatNumber(wanted);
  if (offered.length === 0 || offered.includes(number)) return wanted;
  return pixelFormat(avGetPixFmtName(avcodecFindBestPixFmtOfList(offered, number)) ?? '') ?? wanted;
}

function findEncoder({ encoder, codec }: EncoderSettings): Codec {
  const found = Codec.findEncoderByName(encoder);
  if (found === null) {
    throw new GimbalError(
      'GIMBAL_E_ENCODE',
      `This FFmpeg was built without ${encoder}, which ${codec} needs; use another codec.`,
    );
  }
  return found;
}

/** No encoder keeps a picture back for so many ticks: a time to decode that is earlier, or later than that to show, was never set. */
const NEVER_SET = 2n ** 32n;

/** Turns pictures into packets off the event loop. Only one call may be under way. */
export class VideoEncoder {
  readonly context: CodecContext;
  readonly #packet = new Packet();
  /** Durations by time stamp: encoders keep the one and lose the other. */
  readonly #durations = new Map<bigint, bigint>();

  private constructor(context: CodecContext) {
    this.context = context;
    this.#packet.alloc();
  }

  /**
   * @param surfaces the pool that pictures come from, for an encoder on a device
   * @throws GimbalError `GIMBAL_E_ENCODE` when the encoder refuses.
   */
  static async open(
    settings: EncoderSettings,
    format: PixelFormat,
    size: Size,
    stream: VideoStreamInfo,
    surfaces?: HardwareFramesContext,
  ): Promise<VideoEncoder> {
    const codec = findEncoder(settings);
    const context = new CodecContext();
    context.allocContext3(codec);
    describe(context, settings, format, size, stream);
    if (surfaces !== undefined) {
      context.pixelFormat = AV_PIX_FMT_CUDA;
      context.hwFramesCtx = surfaces;
    }
    const forX265 = surfaces === undefined ? hdrParameters(settings.codec, stream.sideData) : [];
    const parameters = [...lookaheadParameters(settings, size), ...forX265];
    const key = settings.codec === 'h264' ? 'x264-params' : 'x265-params';
    const options = { ...settings.options };
    // ProRes 422 has no room for chroma of every pixel, nor for alpha.
    if (settings.codec === 'prores' && (format.chromaShiftX === 0 || format.alpha)) options.profile = '4444';
    if (parameters.length > 0) options[key] = [options[key], ...parameters].join(':');
    const dictionary = Dictionary.fromObject(options);
    try {
      const what = `start ${settings.encoder} for ${size.width}×${size.height} pictures (${format.name})`;
      const opened = await withLowPriorityThreads(() => context.open2(codec, dictionary));
      checkFfmpeg(opened, 'GIMBAL_E_ENCODE', what);
      return new VideoEncoder(context);
    } catch (error) {
      context.freeContext();
      throw error;
    } finally {
      dictionary.free();
    }
  }

  /** Encodes one picture, or what is left at the end (`undefined`), and hands out every packet that is ready. */
  async encode(picture: Frame | undefined, duration: bigint, take: (packet: Packet) => Promise<void>): Promise<void> {
    if (picture && duration > 0n) this.#durations.set(picture.pts, duration);
    for (;;) {
      const sent = await this.context.sendFrame(picture ?? null);
      await this.#drain(take);
      if (sent === AVERROR_EAGAIN) continue;
      if (sent !== AVERROR_EOF) checkFfmpeg(sent, 'GIMBAL_E_ENCODE', 'encode a picture');
      return;
    }
  }

  close(): void {
    this.#packet.free();
    this.context.freeContext();
  }

  async #drain(take: (packet: Packet) => Promise<void>): Promise<void> {
    for (;;) {
      const received = await this.context.receivePacket(this.#packet);
      if (received === AVERROR_EAGAIN || received === AVERROR_EOF) return;
      checkFfmpeg(received, 'GIMBAL_E_ENCODE', 'encode a picture');
      // x265 does not always set it in films of one or two pictures, and containers refuse the packet.
      const back = this.#packet.pts - this.#packet.dts;
      if (back < 0n || back > NEVER_SET) this.#packet.dts = this.#packet.pts;
      const duration = this.#durations.get(this.#packet.pts);
      if (duration !== undefined) this.#packet.duration = duration;
      this.#durations.delete(this.#packet.pts);
      await take(this.#packet);
      this.#packet.unref();
    }
  }
}

function describe(
  context: CodecContext,
  settings: EncoderSettings,
  format: PixelFormat,
  size: Size,
  { timeBase, frameRate, sampleAspectRatio, color }: VideoStreamInfo,
): void {
  const rational = ({ num, den }: { num: number; den: number }) => ({ num, den }) as CodecContext['timeBase'];
  context.width = size.width;
  context.height = size.height;
  context.pixelFormat = pixelFormatNumber(format);
  context.timeBase = rational(timeBase);
  context.framerate = rational(frameRate);
  context.sampleAspectRatio = rational(sampleAspectRatio);
  context.colorRange = color.range;
  context.colorPrimaries = color.primaries;
  context.colorTrc = color.transfer;
  context.colorSpace = color.matrix;
  context.chromaLocation = color.chromaLocation;
  context.threadCount = settings.threads;
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
}
