import { GimbalError } from '@gimbal/core';
import { AVERROR_EACCES, AVERROR_ENOENT, AVERROR_ENOSPC, AVERROR_EPERM } from 'node-av/constants';
import { ffmpegReason } from '../ffmpeg/ffmpeg.js';

/** What a failed write means to the user. */
export function checkWrite(code: number, what: string, file: string): number {
  if (code >= 0) return code;
  if (code === AVERROR_ENOSPC) {
    return fail(
      'GIMBAL_E_DISK_FULL',
      `The disk is full: FFmpeg could not ${what} of ${file}; make room and run again.`,
    );
  }
  const unwritable = code === AVERROR_EACCES || code === AVERROR_EPERM || code === AVERROR_ENOENT;
  const message = `FFmpeg could not ${what} of ${file}: ${ffmpegReason(code)}.`;
  return fail(unwritable ? 'GIMBAL_E_OUTPUT_UNWRITABLE' : 'GIMBAL_E_ENCODE', message);
}

/** The same for a write of our own, which fails with an error of Node's. */
export function writeFailure(cause: unknown, what: string, file: string): GimbalError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new GimbalError(
      'GIMBAL_E_DISK_FULL',
      `The disk is full: could not ${what} of ${file}; make room and run again.`,
      { cause },
    );
  }
  return new GimbalError('GIMBAL_E_OUTPUT_UNWRITABLE', `Could not ${what} of ${file}: ${message}.`, { cause });
}

function fail(code: GimbalError['code'], message: string): never {
  throw new GimbalError(code, message);
}
