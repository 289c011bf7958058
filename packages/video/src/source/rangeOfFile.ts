import { GimbalError } from '@gimbal/core';
import { type PassSubject, SourcePass } from './sourcePass.js';
import { SourceWarnings } from './sourceWarnings.js';
import type { TimeRange } from './timeRange.js';
import { secondsToTicks, ticksToSeconds } from './timeStamps.js';

/**
 * A range of a file as a clip of its own, whose clock starts at zero with its first picture. Finds that picture.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a range without a picture.
 */
export async function rangeOfFile(subject: PassSubject, range: TimeRange, signal?: AbortSignal): Promise<PassSubject> {
  const { info, path } = subject;
  const { timeBase } = info.stream;
  const end = range.end === Number.POSITIVE_INFINITY ? undefined : secondsToTicks(range.end, timeBase);
  const ticks = { from: secondsToTicks(range.start, timeBase), end, origin: 0n };
  // Only a look: what is wrong on the way is met again.
  const look = { ...subject, range: ticks, device: undefined, resting: undefined, warnings: new SourceWarnings() };
  const pass = await SourcePass.open(look, { threads: 0, alpha: info.format.alpha, signal });
  const first = await pass.next();
  await pass.close();
  if (first === undefined) throw outside(path, range, info.duration);
  const { pts: origin } = first;
  first.close();
  const start = ticksToSeconds(origin, timeBase);
  const length = info.duration === undefined ? undefined : Math.max(0, Math.min(range.end, info.duration) - start);
  const frames = length === undefined ? undefined : Math.max(1, Math.round(length * info.frameRate));
  const late = range.end !== Number.POSITIVE_INFINITY && info.duration !== undefined && range.end > info.duration + 0.1;
  return {
    ...subject,
    range: { ...ticks, origin },
    info: {
      ...info,
      duration: length,
      frameCount: frames,
      range: { start, end: range.end },
      notes: late
        ? [
            ...info.notes,
            `The clip ends at ${info.duration?.toFixed(2)} s, before the end that was asked for (${range.end} s).`,
          ]
        : info.notes,
    },
  };
}

function outside(path: string, { start, end }: TimeRange, duration: number | undefined): GimbalError {
  const lasts = duration === undefined ? '' : ` (it lasts ${duration.toFixed(2)} s)`;
  const until = end === Number.POSITIVE_INFINITY ? 'the end' : `${end} s`;
  return new GimbalError(
    'GIMBAL_E_INVALID_ARGUMENT',
    `No picture of ${path}${lasts} lies between ${start} s and ${until}; choose another start or end.`,
  );
}
