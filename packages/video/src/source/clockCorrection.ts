import { AV_NOPTS_VALUE, AVFMT_TS_DISCONT, AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import type { FormatContext, Packet, Stream } from 'node-av/lib';
import { ClockLeaps } from './clockLeaps.js';
import { type InputFile, isCoverPicture } from './inputFile.js';
import { secondsToTicks, ticksToSeconds } from './timeStamps.js';

/** A clock that starts later than this was not set for the file: it belongs to a recording of which the file is a piece. */
const LATEST_START_SECONDS = 1;
/** Streams of a transport stream that start further than this from the pictures run on another clock. */
const SAME_CLOCK_SECONDS = 10;

/**
 * Puts the packets of a file on one clock that starts at zero and neither leaps nor starts again, as `ffmpeg -i` does: recordings that were
 * joined, playlists with a discontinuity, pieces of a long recording. Every pass over a file that reads all streams in {@link watched}
 * corrects each packet alike.
 */
export class ClockCorrection {
  /** Streams whose packets must be read even if they are not wanted, by index: each may be the first to leap. */
  readonly watched: ReadonlySet<number>;
  readonly #streams: ReadonlyMap<number, Stream>;
  readonly #leaps: ClockLeaps;

  constructor({ context, video }: InputFile) {
    const streams = context.streams;
    const timed = streams.filter(isTimed);
    const discontinuous = ((context.iformat?.flags ?? 0) & AVFMT_TS_DISCONT) !== 0;
    const start = discontinuous ? startOfProgram(context, video, timed) : startOfRecording(context);
    this.#streams = new Map(streams.map((stream) => [stream.index, stream]));
    this.#leaps = new ClockLeaps(start, discontinuous);
    this.watched = new Set(cannotLeap(context, video) ? [] : timed.map(({ index }) => index));
  }

  /** Corrects a packet's time stamps in place. True when its stream's clock leaps here. */
  correct(packet: Packet): boolean {
    const stream = this.#streams.get(packet.streamIndex);
    if (stream === undefined) return false;
    const { timeBase } = stream;
    const secondsOf = (stamp: bigint) => (stamp === AV_NOPTS_VALUE ? undefined : ticksToSeconds(stamp, timeBase));
    const pts = secondsOf(packet.pts);
    const { shift, leaps } = this.watched.has(stream.index)
      ? this.#leaps.next(stream.index, { pts, dts: secondsOf(packet.dts), duration: secondsOf(packet.duration) ?? 0 })
      : { shift: this.#leaps.shiftAt(pts), leaps: false };
    const ticks = secondsToTicks(shift, timeBase);
    if (packet.pts !== AV_NOPTS_VALUE) packet.pts += ticks;
    if (packet.dts !== AV_NOPTS_VALUE) packet.dts += ticks;
    return leaps;
  }

  /** Where a moment of the file's first clock lies on the corrected one, in seconds. */
  get startShift(): number {
    return this.#leaps.startShift;
  }
}

function isTimed(stream: Stream): boolean {
  const { codecType } = stream.codecpar;
  return codecType === AVMEDIA_TYPE_AUDIO || (codecType === AVMEDIA_TYPE_VIDEO && !isCoverPicture(stream));
}

/** The index of an mp4 or mov file gives durations, not times: only pieces (fragments) have clocks. */
function cannotLeap({ iformat }: FormatContext, video: Stream): boolean {
  return (iformat?.name ?? '').startsWith('mov') && video.nbFrames > 0n;
}

function startOfRecording({ startTime }: FormatContext): number {
  const start = startTime === AV_NOPTS_VALUE ? 0 : Number(startTime) / 1e6;
  return start > LATEST_START_SECONDS ? start : 0;
}

/** The clock of a transport stream starts anywhere, and that of another programme in it elsewhere. */
function startOfProgram(context: FormatContext, video: Stream, timed: readonly Stream[]): number {
  const startOf = ({ startTime, timeBase }: Stream) =>
    startTime === AV_NOPTS_VALUE ? Number.NaN : ticksToSeconds(startTime, timeBase);
  const own = startOf(video);
  const starts = timed.map(startOf).filter((start) => Math.abs(start - own) < SAME_CLOCK_SECONDS);
  if (starts.length > 0) return Math.min(...starts);
  return context.startTime === AV_NOPTS_VALUE ? 0 : Number(context.startTime) / 1e6;
}
