import type { Frame } from '@gimbal/core';
import { AvPicture, type FrameTiming } from './avPicture.js';
import { secondsToTicks, ticksToSeconds } from './timeStamps.js';
import type { VideoStreamInfo } from './videoStreamInfo.js';

/** A frame's own time stamp where it is one of this stream's, otherwise the tick nearest to its time. */
export function timingOf(frame: Frame, { timeBase, frameRate }: VideoStreamInfo): FrameTiming {
  const tick = timeBase.num / timeBase.den;
  if (frame instanceof AvPicture && Math.abs(ticksToSeconds(frame.pts, timeBase) - frame.time) < tick / 2) {
    return { pts: frame.pts, duration: frame.duration };
  }
  return {
    pts: secondsToTicks(frame.time, timeBase),
    duration: secondsToTicks(frameRate.den / frameRate.num, timeBase),
  };
}
