export { AvFrame, type FrameDescription, type FrameTiming } from './avFrame.js';
export { VIDEO_CODECS, type VideoCodec } from './encoderSettings.js';
export { type FfmpegInfo, ffmpegInfo, ffmpegVersion } from './ffmpegInfo.js';
export { pixelFormat } from './pixelFormats.js';
export type { PlainSource } from './plainSource.js';
export type { Rational } from './timeStamps.js';
export { createVideoSink, VideoSink, type VideoSinkOptions } from './videoSink.js';
export { type OpenVideoOptions, openVideo, type VideoFramesOptions, VideoSource, videoInfo } from './videoSource.js';
export type { ColorTags, VideoInfo, VideoStreamInfo } from './videoStreamInfo.js';
