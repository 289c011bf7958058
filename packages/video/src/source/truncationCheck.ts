// Finds out whether a file was cut off.
import { ffmpegReason } from '../ffmpeg/ffmpeg.js';
import { announcedEnd } from './describeVideo.js';
import { type PictureDecoder, stalled } from './pictureDecoder.js';
import { ticksToSeconds } from './timeStamps.js';
import type { VideoInfo } from './videoStreamInfo.js';

/** The end of a stream may miss this many frames, or seconds, of what the container announces before it counts as cut off. */
const TOLERATED_FRAMES = 3;
const TOLERATED_SECONDS = 0.1;

/** What tells that a clip, read to its end, is not whole, in a sentence; `undefined` when nothing does. */
export function truncationCheck({ file, report }: PictureDecoder, { frameRate }: VideoInfo): string | undefined {
  if (stalled(report)) return 'reading it stalled.';
  if (report.readError !== undefined) return `reading it ends with "${ffmpegReason(report.readError)}".`;
  const end = announcedEnd(file.context, file.video);
  if (end === undefined) return undefined;
  const reached = report.lastTick === undefined ? 0 : ticksToSeconds(report.lastTick, file.video.timeBase);
  if (end - reached <= Math.max(TOLERATED_FRAMES / frameRate, TOLERATED_SECONDS)) return undefined;
  return `its container announces ${end.toFixed(2)} s of pictures, but they end at ${reached.toFixed(2)} s.`;
}
