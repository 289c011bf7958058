import type { EncoderWish } from './chooseEncoder.js';
import type { EncoderWishes, VideoCodec } from './encoderSettings.js';
import type { ClipFile, PlainSource } from './plainSource.js';
import type { VideoSource } from './videoSource.js';

/** How `createVideoSink` encodes, and where everything but the picture comes from. */
export interface VideoSinkOptions extends Omit<EncoderWishes, 'codec'>, Omit<EncoderWish, 'hardware' | 'preset'> {
  /** The clip that the frames come from: its time stamps, tags, sound and everything else go to the output. */
  readonly source: ClipFile | VideoSource | PlainSource;
  /** Default `h264`. */
  readonly codec?: VideoCodec | undefined;
  /** Replace an output that exists. Default false. */
  readonly overwrite?: boolean | undefined;
}

/** Options of `createVideoSink` with which frames lie in host memory. */
export type HostSinkOptions = Omit<VideoSinkOptions, 'encoder'> & { readonly encoder?: 'software' | undefined };
