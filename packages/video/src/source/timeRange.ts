import { GimbalError } from '@gimbal/core';
import { AVFMT_TS_DISCONT, AVSEEK_FLAG_BACKWARD } from 'node-av/constants';
import type { InputFile } from './inputFile.js';
import { secondsToTicks } from './timeStamps.js';

/** A part of a clip, in seconds of the clip's clock, which starts at zero. The end itself is outside. */
export interface TimeRange {
  readonly start: number;
  /** Infinite where the part lasts as long as the clip. */
  readonly end: number;
}

/** Seconds before a moment at which reading starts, so that pictures out of order and sound that lies before them are met. */
const MARGIN = 5;

/**
 * The part that two wishes mean; `undefined` for the whole clip.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for times that are negative, and for a part that is empty.
 */
export function checkedRange({
  start = 0,
  end = Number.POSITIVE_INFINITY,
}: {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}): TimeRange | undefined {
  for (const [name, time] of Object.entries({ start, end })) {
    if (time >= 0) continue;
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `${name}: expected a time of at least 0 s, received ${time}.`);
  }
  if (start >= end) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `Expected a part that ends after it starts, received start ${start} s and end ${end} s.`,
    );
  }
  return start === 0 && end === Number.POSITIVE_INFINITY ? undefined : { start, end };
}

/**
 * Goes on in a file shortly before a moment, where its container has an index and one clock throughout; otherwise what lies before is read.
 * @param seconds on the corrected clock.
 * @param startShift what the correction adds to the file's own clock at its start.
 */
export async function seekBefore(
  { context, video, local }: InputFile,
  seconds: number,
  startShift: number,
): Promise<void> {
  const name = context.iformat?.name ?? '';
  const leaps = ((context.iformat?.flags ?? 0) & AVFMT_TS_DISCONT) !== 0;
  if (!local || leaps || !/^(mov|matroska)/.test(name) || seconds <= MARGIN) return;
  const target = secondsToTicks(seconds - MARGIN - startShift, video.timeBase);
  await context.seekFrame(video.index, target, AVSEEK_FLAG_BACKWARD);
}
