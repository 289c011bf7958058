import { GimbalError, type GimbalErrorCode } from '@gimbal/core';
import { AV_LOG_ERROR, AV_LOG_QUIET } from 'node-av/constants';
import { FFmpegError, Log } from 'node-av/lib';

let prepared = false;

/**
 * Keeps FFmpeg and its encoders from writing to stderr, which belongs to progress; what matters arrives as a GimbalError. Set the
 * environment variable `GIMBAL_FFMPEG_LOG=1` to see their messages.
 */
export function quietFfmpeg(): void {
  if (prepared) return;
  prepared = true;
  const wanted = Boolean(process.env.GIMBAL_FFMPEG_LOG);
  Log.setLevel(wanted ? AV_LOG_ERROR : AV_LOG_QUIET);
  // SVT-AV1 does not ask FFmpeg's log; 1 is errors only.
  process.env.SVT_LOG ??= '1';
}

/** FFmpeg's own words for one of its error numbers. */
export function ffmpegReason(code: number): string {
  return FFmpegError.strerror(code);
}

/** Throws a GimbalError when an FFmpeg call failed. `what` says what was attempted, as in "start the encoder". */
export function checkFfmpeg(code: number, errorCode: GimbalErrorCode, what: string): number {
  if (code < 0) throw new GimbalError(errorCode, `FFmpeg could not ${what}: ${ffmpegReason(code)}.`);
  return code;
}

/** What FFmpeg must be given so that it reads the name as a file, whatever it contains. */
export function fileUrl(path: string): string {
  return `file:${path}`;
}
