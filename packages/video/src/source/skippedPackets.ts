import { AV_NOPTS_VALUE, AV_PKT_FLAG_KEY } from 'node-av/constants';
import type { Packet } from 'node-av/lib';
import { type Rational, ticksToSeconds } from './timeStamps.js';

/** Bytes that are kept at most: a stream without key pictures is decoded from where it begins. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * Finds, in the order of the file, the packets from which a decoder has to begin for pictures from a moment on: those since the last key
 * picture that is not later. The packets before need not be decoded.
 */
export class SkippedPackets {
  readonly #from: number;
  readonly #timeBase: Rational;
  #kept: Packet[] = [];
  #bytes = 0;

  /** @param from seconds on the clock of the packets' time stamps. */
  constructor(from: number, timeBase: Rational) {
    this.#from = from;
    this.#timeBase = timeBase;
  }

  /** Takes a copy of the packet; false when no more are needed before decoding begins. */
  add(packet: Packet): boolean {
    const { pts, dts, flags } = packet;
    const shown = this.#seconds(pts === AV_NOPTS_VALUE ? dts : pts);
    const decoded = this.#seconds(dts === AV_NOPTS_VALUE ? pts : dts);
    if ((flags & AV_PKT_FLAG_KEY) !== 0 && shown <= this.#from) this.close();
    const copy = packet.clone();
    if (copy !== null) this.#kept.push(copy);
    this.#bytes += packet.size;
    return decoded <= this.#from && this.#bytes <= MOST_BYTES;
  }

  /** The next of the packets that a decoder needs, in order; the caller frees it. */
  next(): Packet | undefined {
    return this.#kept.shift();
  }

  close(): void {
    for (const packet of this.#kept.splice(0)) packet.free();
    this.#bytes = 0;
  }

  /** A packet without a time follows the one before. */
  #seconds(stamp: bigint): number {
    return stamp === AV_NOPTS_VALUE ? Number.NEGATIVE_INFINITY : ticksToSeconds(stamp, this.#timeBase);
  }
}
