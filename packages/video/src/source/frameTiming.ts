import type { Frame } from '@gimbal/core';
import type { FrameTiming } from '../frame/avPicture.js';
import { secondsToTicks, ticksToSeconds } from './timeStamps.js';
import type { VideoStreamInfo } from './videoStreamInfo.js';

/** A frame's own time stamp where it is one of this stream's, otherwise the tick nearest to its time. */
export function timingOf(frame: Frame, { timeBase, frameRate }: VideoStreamInfo): FrameTiming {
  const tick = timeBase.num / timeBase.den;
  if (isTimed(frame) && Math.abs(ticksToSeconds(frame.pts, timeBase) - frame.time) < tick / 2) {
    return { pts: frame.pts, duration: frame.duration };
  }
  return {
    pts: secondsToTicks(frame.time, timeBase),
    duration: secondsToTicks(frameRate.den / frameRate.num, timeBase),
  };
}

/** Whether a frame tells its time stamp, as those of a `VideoSource` do, here or in another thread. */
function isTimed(frame: Frame): frame is Frame & FrameTiming {
  const { pts, duration } = frame as Partial<FrameTiming>;
  return typeof pts === 'bigint' && typeof duration === 'bigint';
}
