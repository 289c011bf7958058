import type { ClipFile, PlainSource } from '../source/plainSource.js';
import type { VideoSource } from '../source/videoSource.js';
import type { EncoderWish } from './chooseEncoder.js';
import type { EncoderWishes, VideoCodec } from './encoderSettings.js';

/** How `createVideoSink` encodes, and where everything but the picture comes from. */
export interface VideoSinkOptions extends Omit<EncoderWishes, 'codec'>, Omit<EncoderWish, 'hardware' | 'preset'> {
  /** The clip that the frames come from: its time stamps, tags, sound and everything else go to the output. */
  readonly source: ClipFile | VideoSource | PlainSource;
  /** Default: `h265` for more than 8 bits, else `h264`; `av1` in .webm. */
  readonly codec?: VideoCodec | undefined;
  /**
   * FFmpeg's name of the pixel format that is stored, such as `yuv420p`. Default: the source's; 4:2:0 for RGB and palettes, unless the codec
   * is meant for editing.
   */
  readonly pixelFormat?: string | undefined;
  /** The container, one of `CONTAINER_NAMES`. Default: what the output's extension asks for; `matroska` for standard output. */
  readonly container?: string | undefined;
  /** Ends a write to standard output that waits for its reader; other outputs are given up by `abort`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Writes a part of a clip, for `joinVideos`: the picture alone, at the time that its frames have in the clip. Default false: a whole
   * output, with all that the source has beside the picture.
   */
  readonly part?: boolean | undefined;
  /** Replace an output that exists. Default false. */
  readonly overwrite?: boolean | undefined;
}

/** Options of `createVideoSink` with which frames lie in host memory. */
export type HostSinkOptions = Omit<VideoSinkOptions, 'encoder'> & { readonly encoder?: 'software' | undefined };
