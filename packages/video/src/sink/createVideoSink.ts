import type { AvCudaFrame } from '../frame/avCudaFrame.js';
import type { AvFrame } from '../frame/avFrame.js';
import { VideoSink } from './videoSink.js';
import type { HostSinkOptions, VideoSinkOptions } from './videoSinkOptions.js';

/**
 * Makes a sink for a file; its extension chooses the container unless one is named. `-` is standard output, which is written as the clip is
 * encoded. Nothing is written before `open`.
 * @throws GimbalError `GIMBAL_E_OUTPUT_EXISTS`, `_IS_INPUT`, `_UNWRITABLE`, `GIMBAL_E_INVALID_ARGUMENT`.
 */
export function createVideoSink(path: string, options: HostSinkOptions): VideoSink;
export function createVideoSink(path: string, options: VideoSinkOptions): VideoSink<AvFrame | AvCudaFrame>;
export function createVideoSink(path: string, options: VideoSinkOptions): VideoSink<AvFrame | AvCudaFrame> {
  return new VideoSink(path, options);
}
