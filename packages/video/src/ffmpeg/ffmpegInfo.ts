import { avGetHardwareDeviceTypeName, Codec, getFFmpegInfo, HardwareDeviceContext } from 'node-av/lib';
import { encoderName, VIDEO_CODECS, type VideoCodec } from '../sink/encoderSettings.js';
import { quietFfmpeg } from './ffmpeg.js';

/** What the FFmpeg inside can do. */
export interface FfmpegInfo {
  readonly version: string;
  /** Versions of its libraries, such as `avcodec: 62.36.101`. */
  readonly libraries: Readonly<Record<string, string>>;
  /** Output codecs and the encoder behind each; those that this build lacks are left out. */
  readonly encoders: Readonly<Partial<Record<VideoCodec, string>>>;
  /** Kinds of hardware decoding that were built in; whether this machine has the hardware is another question. */
  readonly hardware: readonly string[];
}

/** FFmpeg's version, such as `8.1`. */
export function ffmpegVersion(): string {
  return getFFmpegInfo().version;
}

/** The FFmpeg that runs in this process: its version, libraries, and the encoders among ours that it has. */
export function ffmpegInfo(): FfmpegInfo {
  quietFfmpeg();
  const { version, libraries } = getFFmpegInfo();
  const present = VIDEO_CODECS.filter((codec) => Codec.findEncoderByName(encoderName(codec)) !== null);
  return {
    version,
    libraries,
    encoders: Object.fromEntries(present.map((codec) => [codec, encoderName(codec)])),
    hardware: hardwareTypes(),
  };
}

function hardwareTypes(): string[] {
  const types = HardwareDeviceContext.iterateTypes();
  return types.map((type) => avGetHardwareDeviceTypeName(type)).filter((name) => name !== null) as string[];
}
