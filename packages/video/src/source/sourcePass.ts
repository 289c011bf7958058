import { GimbalError } from '@gimbal/core';
import { AV_NOPTS_VALUE } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import type { HardwareDevice } from '../ffmpeg/hardwareDevice.js';
import { AvCudaFrame } from '../frame/avCudaFrame.js';
import { AvFrame } from '../frame/avFrame.js';
import { freeNative } from '../frame/avPicture.js';
import { FrameConverter } from '../frame/frameConverter.js';
import { type PixelMapping, pixelFormatNumber } from '../frame/pixelFormats.js';
import type { ViewCache } from '../frame/viewCache.js';
import { surfaceFormat } from './chooseDecoder.js';
import type { DecodeOptions } from './decodeOptions.js';
import { type Deinterlace, Deinterlacer } from './deinterlacer.js';
import { FieldMarks, fieldOrderOf, isInterlaced } from './fieldOrder.js';
import type { IdleDecoder } from './idleDecoder.js';
import { PictureDecoder } from './pictureDecoder.js';
import type { SourceWarnings } from './sourceWarnings.js';
import { secondsToTicks, ticksToSeconds, timeStampRepair } from './timeStamps.js';
import { truncationCheck } from './truncationCheck.js';
import type { VideoInfo } from './videoStreamInfo.js';

/** A range of a file. */
export interface RangeTicks {
  readonly from: bigint;
  /** The first tick behind it. */
  readonly end: bigint | undefined;
  /** What becomes zero. */
  readonly origin: bigint;
}

/** What every pass over one file shares. */
export interface PassSubject {
  readonly path: string;
  readonly info: VideoInfo;
  readonly mapping: PixelMapping;
  readonly warnings: SourceWarnings;
  readonly allowTruncated: boolean;
  readonly deinterlace: Deinterlace;
  /** What of the file is read, in ticks of the frames' time stamps. */
  readonly range?: RangeTicks | undefined;
  /** Where pictures are decoded and stay; in host memory without. */
  readonly device: HardwareDevice | undefined;
  /** The device's decoder between passes. */
  readonly resting: IdleDecoder | undefined;
  /** Where views of pictures in host memory are remembered, if anywhere. */
  readonly views: ViewCache | undefined;
}

/** How a pass decodes; the file says where. */
type PassOptions = Omit<DecodeOptions, 'device' | 'resting' | 'stream' | 'from'>;

/** One pass over a file: pictures become frames with repaired time stamps, one size and one format. */
export class SourcePass {
  readonly #subject: PassSubject;
  readonly #options: PassOptions;
  #decoder: PictureDecoder;
  readonly #deinterlacer: Deinterlacer | undefined;
  /** The pictures come from the device's decoder, which has met no difficulty so far. */
  #onDevice: boolean;
  /** The frame from which software decoded instead. */
  #takenOver: number | undefined;
  readonly #host: FrameConverter;
  readonly #repair: ReturnType<typeof timeStampRepair>;
  #index = 0;
  /** Pictures that the decoder gave. */
  #decoded = 0;
  #metFields = false;
  #repaired = 0;
  /** Bytes between rows on the device while nothing changes. */
  #pitch = 0;

  private constructor(subject: PassSubject, options: PassOptions, decoder: PictureDecoder) {
    const { info, mapping, warnings } = subject;
    const { timeBase, frameRate } = info.stream;
    this.#subject = subject;
    this.#options = options;
    this.#decoder = decoder;
    this.#onDevice = subject.device !== undefined;
    this.#host = new FrameConverter(info, mapping, warnings);
    const { deinterlace } = subject;
    if (deinterlace !== 'off') {
      const marks = new FieldMarks(decoder.file.video);
      const read = () => this.#nextDecoded();
      const { threads } = options;
      const { timeBase } = decoder.file.video;
      this.#deinterlacer = new Deinterlacer({ read, marks, choice: deinterlace, timeBase, threads });
    }
    this.#repair = timeStampRepair(timeBase, secondsToTicks(frameRate.den / frameRate.num, timeBase));
  }

  static async open(subject: PassSubject, options: PassOptions): Promise<SourcePass> {
    const { path, device, resting } = subject;
    const where = { device: device?.context, resting, ...placeOf(subject) };
    const decoder = await PictureDecoder.open(path, { ...options, ...where });
    return new SourcePass(subject, options, decoder);
  }

  async next(): Promise<AvFrame | AvCudaFrame | undefined> {
    const { info, mapping, device, views, range } = this.#subject;
    const { timeBase } = info.stream;
    const found = await this.#nextInRange();
    if (found === undefined) return undefined;
    const { native, duration } = found;
    const pts = found.pts - (range?.origin ?? 0n);
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
    const picture = stays ? native : await this.#host.of(native, this.#index);
    this.#index++;
    return stays ? new AvCudaFrame(picture, device, description) : new AvFrame(picture, description, freeNative, views);
  }

  /** The next picture that is neither before nor behind the range, and its time in the file. */
  async #nextInRange(): Promise<{ native: Frame; pts: bigint; duration: bigint } | undefined> {
    const { range } = this.#subject;
    for (;;) {
      const native = await this.#nextPicture();
      if (native === undefined) {
        this.#concludeEnd(true);
        return undefined;
      }
      const { bestEffortTimestamp: stamp, duration } = native;
      const { pts, repaired } = this.#repair(stamp === AV_NOPTS_VALUE ? undefined : stamp, duration);
      if (repaired) this.#repaired++;
      if (range === undefined || (pts >= range.from && (range.end === undefined || pts < range.end))) {
        return { native, pts, duration };
      }
      native.free();
      if (pts < range.from) continue;
      this.#concludeEnd(false);
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.#host.close();
    this.#deinterlacer?.close();
    await this.#decoder.close();
  }

  /** The next picture, whole. */
  #nextPicture(): Promise<Frame | undefined> {
    return this.#deinterlacer === undefined ? this.#nextDecoded() : this.#deinterlacer.next();
  }

  /**
   * The next picture as decoded. What the device's decoder refuses may be damage in the file or a device without memory, and FFmpeg reports both
   * alike, so then its own decoder reads the file again, up to here and on from here; and where pictures turn out to be interlaced.
   */
  async #nextDecoded(): Promise<Frame | undefined> {
    const picture = await this.#decoder.next();
    const interlaced = picture !== undefined && isInterlaced(picture);
    if (interlaced) this.#noteFields(picture);
    const refused = this.#decoder.report.damaged > 0;
    if (!this.#onDevice || !(refused || (interlaced && this.#deinterlacer))) return this.#counted(picture);
    picture?.free();
    this.#onDevice = false;
    if (refused) this.#takenOver = this.#index;
    await this.#decoder.close();
    this.#decoder = await PictureDecoder.open(this.#subject.path, { ...this.#options, ...placeOf(this.#subject) });
    for (let known = 0; known < this.#decoded; known++) (await this.#decoder.next())?.free();
    return this.#counted(await this.#decoder.next());
  }

  #counted(picture: Frame | undefined): Frame | undefined {
    if (picture !== undefined) this.#decoded++;
    return picture;
  }

  /** Says so where a clip that began with whole pictures goes on with interlaced ones. */
  #noteFields(picture: Frame): void {
    const { info, warnings, deinterlace } = this.#subject;
    if (info.fieldOrder !== undefined || this.#metFields) return;
    this.#metFields = true;
    const made = deinterlace === 'off' ? 'stay so' : 'are deinterlaced with bwdif';
    warnings.add(
      'interlaced',
      `From frame ${this.#decoded} on there are interlaced pictures (${fieldOrderOf(picture)}); they ${made}.`,
    );
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

  /** @param ofFile the file was read to its end. */
  #concludeEnd(ofFile: boolean): void {
    const { path, warnings, allowTruncated, device } = this.#subject;
    const { damaged, concealed } = this.#decoder.report;
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
    if (concealed > 0) {
      warnings.add(
        'corrupt',
        `${concealed} pictures are damaged; what is missing of them was filled in from their neighbours.`,
      );
    }
    if (!ofFile) return;
    const cut = truncationCheck(this.#decoder, this.#subject.info);
    if (cut === undefined) return;
    const message = `${path} is cut off: ${cut} The ${this.#index} frames before that were used.`;
    if (!allowTruncated) throw new GimbalError('GIMBAL_E_INPUT_TRUNCATED', message);
    warnings.add('truncated', message);
  }
}

/** Which stream, and from where on it is decoded. */
function placeOf({ info, range }: PassSubject): Pick<DecodeOptions, 'stream' | 'from'> {
  const from = range === undefined ? undefined : ticksToSeconds(range.from, info.stream.timeBase);
  return { stream: info.streamIndex, from };
}
