import { AV_NOPTS_VALUE, AV_PKT_FLAG_KEY, AVMEDIA_TYPE_SUBTITLE, AVMEDIA_TYPE_VIDEO } from 'node-av/constants';
import type { Packet, Stream } from 'node-av/lib';
import { isCoverPicture } from '../source/inputFile.js';
import type { TimeRange } from '../source/timeRange.js';
import { secondsToTicks, ticksToSeconds } from '../source/timeStamps.js';

/** Packets of a file lie at most this many seconds after others that are shown at the same time. */
const INTERLEAVING_SECONDS = 5;

/**
 * Puts the packets beside the pictures onto the clock of a part of the file, and sorts out those that lie outside: sound packet by packet (some
 * 20 ms), subtitles as long as they are seen, further pictures from the first on that can be decoded.
 */
export class PacketRange {
  readonly #range: TimeRange;
  readonly #begun = new Set<number>();

  constructor(range: TimeRange) {
    this.#range = range;
  }

  /** Moves a packet's time stamps in place; false where it lies outside. */
  place(packet: Packet, stream: Stream): boolean {
    const { pts, dts } = packet;
    const stamp = pts === AV_NOPTS_VALUE ? dts : pts;
    if (stamp === AV_NOPTS_VALUE || isCoverPicture(stream)) return true;
    const start = secondsToTicks(this.#range.start, stream.timeBase);
    if (ticksToSeconds(stamp, stream.timeBase) >= this.#range.end) return false;
    const early = stamp < start ? start - stamp : 0n;
    if (early > 0n) {
      if (stream.codecpar.codecType !== AVMEDIA_TYPE_SUBTITLE || packet.duration <= early) return false;
      // It is still seen when the part begins.
      packet.duration -= early;
    }
    if (stream.codecpar.codecType === AVMEDIA_TYPE_VIDEO && !this.#begun.has(stream.index)) {
      if ((packet.flags & AV_PKT_FLAG_KEY) === 0) return false;
      this.#begun.add(stream.index);
    }
    if (pts !== AV_NOPTS_VALUE) packet.pts = pts + early - start;
    if (dts !== AV_NOPTS_VALUE) packet.dts = dts + early - start;
    return true;
  }

  /** Whether nothing of the part comes behind this packet, as the file has it. */
  isPast({ pts, dts }: Packet, { timeBase }: Stream): boolean {
    const stamp = dts === AV_NOPTS_VALUE ? pts : dts;
    return stamp !== AV_NOPTS_VALUE && ticksToSeconds(stamp, timeBase) > this.#range.end + INTERLEAVING_SECONDS;
  }
}
