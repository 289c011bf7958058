import type { ClipInfo } from '@gimbal/core';
import type {
  AVChromaLocation,
  AVColorPrimaries,
  AVColorRange,
  AVColorSpace,
  AVColorTransferCharacteristic,
} from 'node-av/constants';
import type { TimeRange } from './timeRange.js';
import type { Rational } from './timeStamps.js';

/** Colour tags, as FFmpeg numbers them (those of ITU-T H.273); 2 means unspecified. */
export interface ColorTags {
  readonly range: AVColorRange;
  readonly primaries: AVColorPrimaries;
  readonly transfer: AVColorTransferCharacteristic;
  readonly matrix: AVColorSpace;
  readonly chromaLocation: AVChromaLocation;
}

/** What the output inherits from the input's video stream. */
export interface VideoStreamInfo {
  /** Seconds of one tick of the time stamps. */
  readonly timeBase: Rational;
  /** Nominal frames per second. */
  readonly frameRate: Rational;
  /** Width of a pixel over its height; 0/1 when the file does not say. */
  readonly sampleAspectRatio: Rational;
  readonly color: ColorTags;
  /** Degrees, clockwise, by which a player turns the picture. Frames are not turned. */
  readonly rotation: number;
  /** Blocks that go to the output as they are (display matrix, HDR mastering display and light level, …), by FFmpeg's number. */
  readonly sideData: ReadonlyMap<number, Uint8Array>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly disposition: number;
}

/** What is known of a video file. */
export interface VideoInfo extends ClipInfo {
  /** FFmpeg's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  /** FFmpeg's name of the codec, such as `h264`. */
  readonly codec: string;
  /** Pixel format in the file; differs from `format.name` where frames are converted or drop an alpha plane. */
  readonly storedFormat: string;
  readonly fullRange: boolean;
  /** Index of the stream that holds the pictures. */
  readonly streamIndex: number;
  /** The part of the file that the clip is, where it is not the whole; from the moment of the first picture. */
  readonly range?: TimeRange | undefined;
  /** For interlaced pictures: the field that is the earlier one, as the file has them. */
  readonly fieldOrder?: 'top first' | 'bottom first' | undefined;
  /** The pictures hold closed captions (CEA-608, CEA-708). */
  readonly captions?: boolean | undefined;
  readonly stream: VideoStreamInfo;
  /** What was done to the picture on the way in, as a phrase; empty when nothing. */
  readonly notes: readonly string[];
}
