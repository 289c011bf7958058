import {
  type Frame,
  type FrameSink,
  GimbalError,
  type HostFrame,
  type PixelFormat,
  type Size,
  type SourceWarning,
} from '@gimbal/core';
import { AV_PICTURE_TYPE_NONE, AVCOL_RANGE_MPEG, type AVColorRange } from 'node-av/constants';
import { quietFfmpeg } from '../ffmpeg/ffmpeg.js';
import { KEEPERS_OF_ALPHA, keepsAlpha } from '../frame/alphaChannel.js';
import { AvCudaFrame } from '../frame/avCudaFrame.js';
import { AvFrame } from '../frame/avFrame.js';
import { AvPicture } from '../frame/avPicture.js';
import { copySamples, FramePool } from '../frame/framePool.js';
import { GpuFramePool } from '../frame/gpuFramePool.js';
import { pixelFormatNumber, sameSamples, withoutAlpha } from '../frame/pixelFormats.js';
import { timingOf } from '../source/frameTiming.js';
import { type ClipFile, plainStream } from '../source/plainSource.js';
import { VideoSource } from '../source/videoSource.js';
import type { VideoStreamInfo } from '../source/videoStreamInfo.js';
import { Captions } from './captions.js';
import { chooseEncoder, type EncoderWish } from './chooseEncoder.js';
import { completeOutput } from './completeOutput.js';
import { type Container, checkPartContainer, containerFor, containerOf } from './container.js';
import { defaultCodec, defaultFormat, formatNamed, playbackNote } from './defaultEncoding.js';
import { EncodeQueue } from './encodeQueue.js';
import { type EncoderSettings, encodedSize, encoderSettings, isStudioRange } from './encoderSettings.js';
import { OutputFile } from './outputFile.js';
import { OutputPipe } from './outputPipe.js';
import { type OutputStreams, openOutputStreams } from './outputStreams.js';
import { STANDARD_STREAM } from './standardStreams.js';
import { encodedFormat } from './videoEncoder.js';
import type { VideoSinkOptions } from './videoSinkOptions.js';

/** Encodes frames into a file that appears under its name when it is complete. */
export class VideoSink<F extends AvFrame | AvCudaFrame = AvFrame> implements FrameSink {
  readonly path: string;
  readonly #notes: string[] = [];
  readonly #container: Container;
  readonly #settings: EncoderSettings;
  readonly #wish: EncoderWish;
  readonly #output: OutputFile | OutputPipe;
  readonly #source: ClipFile | undefined;
  readonly #part: boolean;
  readonly #format: PixelFormat;
  /** What is stored, if the encoder takes it. */
  readonly #wanted: PixelFormat;
  readonly #stream: VideoStreamInfo;
  /** What is stored, for which the encoder may have no choice. */
  readonly #range: AVColorRange;
  readonly #fullRange: boolean;
  #size: Size | undefined;
  #pool: FramePool | GpuFramePool | undefined;
  #queue: EncodeQueue | undefined;
  #lastPts: bigint | undefined;
  readonly #captions: Captions;
  #streams: OutputStreams | undefined;
  readonly #stop = new AbortController();
  #ending: Promise<void> | undefined;

  /** Use {@link createVideoSink}. */
  constructor(path: string, options: VideoSinkOptions) {
    const {
      source,
      overwrite = false,
      part = false,
      codec: named,
      pixelFormat,
      container,
      signal,
      ...wishes
    } = options;
    quietFfmpeg();
    this.path = path;
    const clip = 'path' in source ? source.info : plainStream(source);
    const codec = named ?? defaultCodec(containerOf(path, container), clip);
    const wanted = pixelFormat === undefined ? defaultFormat(codec, clip) : formatNamed(pixelFormat);
    this.#container = containerFor(path, codec, container);
    this.#wanted = keepsAlpha(path, codec, undefined, container) ? wanted : withoutAlpha(wanted);
    this.#part = part;
    if (part) checkPartContainer(path, this.#container);
    this.#settings = encoderSettings({ codec, part, ...wishes });
    this.#source = 'path' in source ? source : undefined;
    this.#wish = { ...wishes, hardware: source instanceof VideoSource ? source.hardware : undefined };
    this.#format = clip.format;
    this.#fullRange = clip.fullRange;
    this.#stream = clip.stream;
    this.#range = clip.fullRange && isStudioRange(codec) ? AVCOL_RANGE_MPEG : clip.stream.color.range;
    this.#captions = new Captions(this.#settings.codec, this.#source?.info.captions === true);
    this.#output =
      path === STANDARD_STREAM
        ? new OutputPipe(signal)
        : new OutputFile(path, { overwrite, input: this.#source?.path });
  }

  /** The file that is written until the output is complete; none where it goes to standard output. */
  get temporary(): string | undefined {
    return this.#output instanceof OutputFile ? this.#output.temporary : undefined;
  }

  /** Where the frames lie that `allocate` lends and `write` takes: on a device when that is to encode them. Decided by `open`. */
  get memory(): readonly Frame['memory'][] {
    return this.#pool instanceof GpuFramePool ? ['cuda'] : ['host'];
  }

  /** What could not be kept as it was, as sentences. Complete after `finish`. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  /** What was damaged in the source beside the picture. Complete after `finish`. */
  get warnings(): readonly SourceWarning[] {
    const { others, muxer } = this.#streams ?? {};
    const lost = (others?.damaged ?? 0) + (muxer?.damaged ?? 0);
    if (lost === 0) return [];
    const message = `${lost} damaged packets were met beside the picture; what could be decoded was used.`;
    return [{ code: 'corrupt', message }];
  }

  /** @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a size the codec cannot take, `GIMBAL_E_ENCODE`, `GIMBAL_E_OUTPUT_UNWRITABLE`. */
  async open(size: Size): Promise<void> {
    if (this.#size || this.#ending) {
      throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `The sink for ${this.path} is used up: one is opened once.`);
    }
    this.#size = size;
    const task = { software: this.#settings, format: this.#format, size, stream: this.#stream };
    const { settings, surfaces, note } = await chooseEncoder(task, this.#encoderWish());
    if (note !== undefined) this.#notes.push(note);
    const format = surfaces ? this.#format : encodedFormat(settings, this.#wanted);
    if (format !== this.#wanted && !sameSamples(format, this.#wanted)) {
      this.#notes.push(`${this.#settings.codec} has no ${this.#wanted.name}; the picture is stored as ${format.name}.`);
    }
    if (this.#format.alpha && !format.alpha) {
      this.#notes.push(`Left out: the alpha channel (transparency); ${KEEPERS_OF_ALPHA}.`);
    }
    if (this.#range !== this.#stream.color.range) {
      this.#notes.push(`${this.#settings.codec} has no full range; the samples are scaled to studio range.`);
    }
    if (['mpegts', 'nut'].includes(this.#container.muxer) && this.#stream.rotation !== 0) {
      const { muxer } = this.#container;
      this.#notes.push(
        `${muxer} cannot say that players are to turn the picture by ${this.#stream.rotation}°; it is shown as it is stored.`,
      );
    }
    const refused = playbackNote(this.#settings.codec, format);
    if (refused !== undefined) this.#notes.push(refused);
    const encoded = encodedSize(this.#settings.codec, format, size);
    if (encoded.width !== size.width || encoded.height !== size.height) {
      const { width, height } = encoded;
      this.#notes.push(
        `${format.name} needs even sizes here: the picture of ${size.width}×${size.height} is cut to ${width}×${height}.`,
      );
    }
    this.#pool = surfaces ?? new FramePool(this.#format, size);
    const streams = await openOutputStreams({
      target: this.#output instanceof OutputFile ? this.#output.temporary : this.#output,
      name: this.path === STANDARD_STREAM ? 'standard output' : this.path,
      container: this.#container,
      settings,
      surfaces: surfaces?.frames,
      format,
      size: encoded,
      stream: { ...this.#stream, color: { ...this.#stream.color, range: this.#range } },
      source: this.#part ? undefined : this.#source,
      exactStart: this.#part ? this.#stream.timeBase : undefined,
      notes: this.#notes,
    }).catch(async (error: unknown) => {
      await this.#discard();
      throw error;
    });
    if (this.#ending) {
      // abort() came while the output was being opened.
      await streams.close();
      this.#pool.close();
      await this.#discard();
      throw notOpen(this.path);
    }
    this.#streams = streams;
    const rescaled = this.#range !== this.#stream.color.range;
    const target = { format, size: encoded, range: this.#range, convert: rescaled || format !== this.#format };
    this.#queue = new EncodeQueue(streams, target);
  }

  /** An encoder on a device stores pictures as they come: for any other format software encodes, if anything does. */
  #encoderWish(): EncoderWish {
    if (this.#wanted === this.#format || this.#wish.encoder === undefined) return this.#wish;
    if (this.#wish.encoder === 'auto') return { ...this.#wish, encoder: 'software' };
    if (this.#wish.encoder !== 'nvenc') return this.#wish;
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `NVENC stores pictures as they come (${this.#format.name}), not as ${this.#wanted.name}; leave out the pixel format, or use encoder 'software'.`,
    );
  }

  allocate(like: Frame): F {
    if (!this.#pool || this.#ending) throw notOpen(this.path);
    if (like.format.name !== this.#format.name) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `Expected frames of ${this.#format.name}, as the source has, received ${like.format.name}.`,
      );
    }
    const frame = this.#pool.frame({
      time: like.time,
      index: like.index,
      fullRange: this.#fullRange,
      ...timingOf(like, this.#stream),
    });
    this.#captions.hand(like, frame);
    return frame as F;
  }

  /** @throws GimbalError `GIMBAL_E_DISK_FULL`, `GIMBAL_E_ENCODE`, `GIMBAL_E_OUTPUT_UNWRITABLE`: also for a frame written earlier. */
  async write(frame: HostFrame | F): Promise<void> {
    const { duration } = frame instanceof AvPicture ? frame : timingOf(frame, this.#stream);
    let picture: AvFrame | AvCudaFrame;
    try {
      if (!this.#queue || this.#ending) throw notOpen(this.path);
      picture = this.#own(frame);
    } catch (error) {
      frame.close();
      throw error;
    }
    let { pts } = timingOf(picture, this.#stream);
    if (this.#lastPts !== undefined && pts <= this.#lastPts) pts = this.#lastPts + 1n;
    this.#lastPts = pts;
    const { native, release } = picture.take();
    native.pts = pts;
    // A decoded picture would impose its type on the encoder, and its name for full range on the format.
    native.pictType = AV_PICTURE_TYPE_NONE;
    if (picture.memory === 'host') native.format = pixelFormatNumber(this.#format);
    // ProRes writes what its pictures say into each of them.
    const { range, primaries, transfer, matrix } = this.#stream.color;
    native.colorRange = range;
    native.colorPrimaries = primaries;
    native.colorTrc = transfer;
    native.colorSpace = matrix;
    await this.#queue.push({ native, duration, release });
  }

  async finish(): Promise<void> {
    if (this.#ending || !this.#queue || !this.#streams) throw notOpen(this.path);
    try {
      await this.#queue.finish();
    } catch (error) {
      await this.abort();
      throw error;
    }
    if (this.#ending) throw notOpen(this.path);
    this.#notes.push(...this.#captions.notes);
    const target = { name: this.path, signal: this.#stop.signal, notes: this.#notes };
    const streams = this.#streams;
    const completing = this.#release().then(() => completeOutput(this.#output, streams, target));
    // Whoever calls abort() now waits for the end of it, however it ends.
    this.#ending = completing.catch(() => {});
    await completing;
  }

  async abort(): Promise<void> {
    this.#stop.abort();
    this.#ending ??= this.#giveUp();
    await this.#ending;
  }

  async #giveUp(): Promise<void> {
    // A write that waits for its reader would be waited for.
    if (this.#output instanceof OutputPipe) this.#output.interrupt();
    await this.#release();
    await this.#discard();
  }

  /** What a pipe was given cannot be taken back. */
  async #discard(): Promise<void> {
    if (this.#output instanceof OutputFile) await this.#output.discard();
  }

  async #release(): Promise<void> {
    await this.#queue?.close();
    this.#pool?.close();
  }

  /** The frame itself if its memory is FFmpeg's, otherwise a copy in a pooled one. */
  #own(frame: Frame): AvFrame | AvCudaFrame {
    const { width, height } = this.#size as Size;
    const [memory] = this.memory;
    const fits = frame.width === width && frame.height === height && frame.format.name === this.#format.name;
    if (!fits || frame.memory !== memory || (memory === 'cuda' && !(frame instanceof AvCudaFrame))) {
      throw new GimbalError(
        'GIMBAL_E_INVALID_ARGUMENT',
        `Expected ${width}×${height} frames of ${this.#format.name} in ${memory} memory, received ${frame.width}×${frame.height} of ${frame.format.name} in ${frame.memory} memory.`,
      );
    }
    if (frame instanceof AvFrame || frame instanceof AvCudaFrame) return frame;
    const copy = this.allocate(frame) as AvFrame;
    copySamples(frame as HostFrame, copy);
    frame.close();
    return copy;
  }
}

function notOpen(path: string): GimbalError {
  return new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `The sink for ${path} is not open: call open() first, and nothing after finish() or abort().`,
  );
}
