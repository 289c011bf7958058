export { AvCudaFrame } from './avCudaFrame.js';
export { AvFrame } from './avFrame.js';
export type { FrameDescription, FrameTiming } from './avPicture.js';
export type { DecoderInfo } from './chooseDecoder.js';
export type { EncoderChoice } from './chooseEncoder.js';
export type { CudaBridge } from './cudaBridge.js';
export { VIDEO_CODECS, type VideoCodec } from './encoderSettings.js';
export { type FfmpegInfo, ffmpegInfo, ffmpegVersion } from './ffmpegInfo.js';
export { type NvidiaCodec, type NvidiaCodecs, nvidiaCodecs } from './nvidiaCodecs.js';
export { pixelFormat } from './pixelFormats.js';
export type { ClipFile, PlainSource } from './plainSource.js';
export type { Rational } from './timeStamps.js';
export { createVideoSink, type HostSinkOptions, VideoSink, type VideoSinkOptions } from './videoSink.js';
export {
  type HostVideoOptions,
  type OpenVideoOptions,
  openVideo,
  type VideoFramesOptions,
  VideoSource,
  videoInfo,
} from './videoSource.js';
export type { ColorTags, VideoInfo, VideoStreamInfo } from './videoStreamInfo.js';
