import { GimbalError } from '@gimbal/core';
import { AV_NOPTS_VALUE, type AVPixelFormat } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { AvCudaFrame } from './avCudaFrame.js';
import { AvFrame } from './avFrame.js';
import { freeNative } from './avPicture.js';
import { surfaceFormat } from './chooseDecoder.js';
import { announcedEnd } from './describeVideo.js';
import { downloadPicture } from './downloadPicture.js';
import { ffmpegReason } from './ffmpeg.js';
import { FrameConformer } from './frameConformer.js';
import type { HardwareDevice } from './hardwareDevice.js';
import { type DecodeOptions, PictureDecoder, stalled } from './pictureDecoder.js';
import { mapPixelFormat, type PixelMapping, pixelFormatNumber } from './pixelFormats.js';
import type { PlaneViews } from './planeViews.js';
import type { RestingDecoder } from './restingDecoder.js';
import type { SourceWarnings } from './sourceWarnings.js';
import { secondsToTicks, ticksToSeconds, timeStampRepair } from './timeStamps.js';
import type { VideoInfo } from './videoStreamInfo.js';

/** What every pass over one file shares. */
export interface PassSubject {
  readonly path: string;
  readonly info: VideoInfo;
  readonly mapping: PixelMapping;
  readonly warnings: SourceWarnings;
  readonly allowTruncated: boolean;
  /** Where pictures are decoded and stay; in host memory without. */
  readonly device: HardwareDevice | undefined;
  /** The device's decoder between passes. */
  readonly resting: RestingDecoder | undefined;
  /** Where views of pictures in host memory are remembered, if anywhere. */
  readonly views: PlaneViews | undefined;
}

/** How a pass decodes; the file says where. */
type PassOptions = Omit<DecodeOptions, 'device' | 'resting'>;

/** The end of a stream may miss this many frames, or seconds, of what the container announces before it counts as cut off. */
const TOLERATED_FRAMES = 3;
const TOLERATED_SECONDS = 0.1;

/** One pass over a file: pictures become frames with repaired time stamps, one size and one format. */
export class SourcePass {
  readonly #subject: PassSubject;
  readonly #options: PassOptions;
  #decoder: PictureDecoder;
  /** The pictures come from the device's decoder, which has met no difficulty so far. */
  #onDevice: boolean;
  /** The frame from which software decoded instead. */
  #takenOver: number | undefined;
  readonly #conformer: FrameConformer;
  readonly #repair: ReturnType<typeof timeStampRepair>;
  #index = 0;
  #repaired = 0;
  #formatNumber = -1 as AVPixelFormat;
  #mapping: PixelMapping | undefined;
  /** How the picture before differed from the first; a change is worth one warning, not one per picture. */
  #difference = '';
  /** Bytes between rows on the device while nothing changes. */
  #pitch = 0;

  private constructor(subject: PassSubject, options: PassOptions, decoder: PictureDecoder) {
    const { info, mapping } = subject;
    const { timeBase, frameRate } = info.stream;
    this.#subject = subject;
    this.#options = options;
    this.#decoder = decoder;
    this.#onDevice = subject.device !== undefined;
    this.#conformer = new FrameConformer(mapping, info);
    this.#repair = timeStampRepair(timeBase, secondsToTicks(frameRate.den / frameRate.num, timeBase));
  }

  static async open(subject: PassSubject, options: PassOptions): Promise<SourcePass> {
    const { path, device, resting } = subject;
    const decoder = await PictureDecoder.open(path, { ...options, device: device?.context, resting });
    return new SourcePass(subject, options, decoder);
  }

  async next(): Promise<AvFrame | AvCudaFrame | undefined> {
    const native = await this.#nextPicture();
    if (native === undefined) {
      this.#concludeEnd();
      return undefined;
    }
    const { info, mapping, device, views } = this.#subject;
    const { timeBase, startOffset } = info.stream;
    const stamp = native.bestEffortTimestamp;
    const duration = native.duration;
    const { pts, repaired } = this.#repair(stamp === AV_NOPTS_VALUE ? undefined : stamp - startOffset, duration);
    if (repaired) this.#repaired++;
    const description = {
      width: info.width,
      height: info.height,
      format: mapping.format,
      fullRange: info.fullRange,
      time: ticksToSeconds(pts, timeBase),
      index: this.#index,
      pts,
      duration,
    };
    const stays = device !== undefined && this.#fitsOnDevice(native);
    const picture = stays ? native : await this.#inHostMemory(native);
    this.#index++;
    return stays ? new AvCudaFrame(picture, device, description) : new AvFrame(picture, description, freeNative, views);
  }

  async close(): Promise<void> {
    this.#conformer.close();
    await this.#decoder.close();
  }

  /**
   * The next picture. What the device's decoder refuses may be damage in the file or a device without memory, and FFmpeg reports both alike, so
   * then its own decoder reads the file again, up to here and on from here.
   */
  async #nextPicture(): Promise<Frame | undefined> {
    const picture = await this.#decoder.next();
    if (!this.#onDevice || this.#decoder.report.damaged === 0) return picture;
    picture?.free();
    this.#onDevice = false;
    this.#takenOver = this.#index;
    await this.#decoder.close();
    this.#decoder = await PictureDecoder.open(this.#subject.path, this.#options);
    for (let known = 0; known < this.#index; known++) (await this.#decoder.next())?.free();
    return this.#decoder.next();
  }

  /** True when a picture's surfaces can be handed over as they are. */
  #fitsOnDevice(native: Frame): boolean {
    const { info, mapping } = this.#subject;
    if (!native.isHwFrame() || native.width !== info.width || native.height !== info.height) return false;
    const [pitch] = native.linesize;
    if (pitch === this.#pitch) return true;
    if (surfaceFormat(native) !== pixelFormatNumber(mapping.format)) return false;
    this.#pitch = pitch;
    return true;
  }

  /** The picture in host memory, of the clip's size and format; the one given is freed unless it is that. */
  async #inHostMemory(decoded: Frame): Promise<Frame> {
    let native = decoded;
    if (decoded.isHwFrame()) {
      native = await downloadPicture(decoded).finally(() => decoded.free());
    }
    const fits = this.#conformer.fits(native, this.#mappingOf(native));
    if (fits) this.#difference = '';
    return fits ? native : this.#convert(native);
  }

  #mappingOf(native: Frame): PixelMapping | undefined {
    const number = native.format as AVPixelFormat;
    if (number !== this.#formatNumber) {
      this.#formatNumber = number;
      this.#mapping = mapPixelFormat(number);
    }
    return this.#mapping;
  }

  async #convert(native: Frame): Promise<Frame> {
    const { info, mapping, warnings } = this.#subject;
    const difference = `${native.width}×${native.height} ${this.#mapping?.from}`;
    const changes = difference !== this.#difference;
    this.#difference = difference;
    if (!changes) return this.#conformer.convert(native);
    if (native.width !== info.width || native.height !== info.height) {
      warnings.add(
        'resolution-change',
        `The picture changes to ${native.width}×${native.height} at frame ${this.#index}; it is scaled to ${info.width}×${info.height}, the size it began with.`,
      );
    } else if (this.#mapping?.format !== mapping.format && this.#mapping?.from !== mapping.from) {
      warnings.add(
        'resolution-change',
        `The pixel format changes to ${this.#mapping?.from ?? 'an unknown one'} at frame ${this.#index}; it is converted to ${mapping.format.name}.`,
      );
    }
    return this.#conformer.convert(native);
  }

  #concludeEnd(): void {
    const { path, warnings, allowTruncated, device } = this.#subject;
    const { damaged } = this.#decoder.report;
    if (this.#repaired > 0) {
      warnings.add(
        'timestamps',
        `${this.#repaired} of ${this.#index} time stamps were missing or out of order and were repaired.`,
      );
    }
    if (damaged > 0) warnings.add('corrupt', `${damaged} damaged packets were met; what could be decoded was used.`);
    else if (this.#takenOver !== undefined) {
      warnings.add(
        'decoder',
        `The video engine of cuda:${device?.ordinal} refused what is no damage; software decoded from frame ${this.#takenOver} on.`,
      );
    }
    const cut = this.#truncation();
    if (cut === undefined) return;
    const message = `${path} is cut off: ${cut} The ${this.#index} frames before that were used.`;
    if (!allowTruncated) throw new GimbalError('GIMBAL_E_INPUT_TRUNCATED', message);
    warnings.add('truncated', message);
  }

  #truncation(): string | undefined {
    const { file, report } = this.#decoder;
    if (stalled(report)) return 'reading it stalled.';
    if (report.readError !== undefined) return `reading it ends with "${ffmpegReason(report.readError)}".`;
    const end = announcedEnd(file.context, file.video);
    if (end === undefined) return undefined;
    const { frameRate, stream } = this.#subject.info;
    const reached = report.lastTick === undefined ? 0 : ticksToSeconds(report.lastTick, stream.timeBase);
    if (end - reached <= Math.max(TOLERATED_FRAMES / frameRate, TOLERATED_SECONDS)) return undefined;
    return `its container announces ${end.toFixed(2)} s of pictures, but they end at ${reached.toFixed(2)} s.`;
  }
}
