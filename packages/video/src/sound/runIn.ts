import { AV_PKT_FLAG_DISCARD } from 'node-av/constants';
import type { Packet } from 'node-av/lib';

/** Packets that a decoder of sound may need to warm up on. */
const MOST_PACKETS = 4;

/**
 * Keeps back the packets that an edit list cut away (marked to be discarded): they would be heard where nothing hides them. Of those at the very
 * start the last few belong to the sound as a decoder's run-in; mp4 and mov hide them before time zero.
 */
export class RunIn {
  readonly #wanted: boolean;
  #kept: Packet[] = [];
  #started = false;

  /** @param wanted the output can hide a run-in. */
  constructor(wanted: boolean) {
    this.#wanted = wanted;
  }

  /** True for a packet that is not to be written, or not yet. */
  keeps(packet: Packet): boolean {
    if ((packet.flags & AV_PKT_FLAG_DISCARD) === 0) return false;
    if (this.#started || !this.#wanted || packet.pts >= 0n) return true;
    const copy = packet.clone();
    if (copy !== null) this.#kept.push(copy);
    if (this.#kept.length > MOST_PACKETS) this.#kept.shift()?.free();
    return true;
  }

  /** The run-in of the first packet that is written, in order; the caller frees it. */
  before(packet: Packet): readonly Packet[] {
    if (this.#started) return [];
    this.#started = true;
    const kept = this.#kept;
    this.#kept = [];
    // Cut away before a time that is shown, they would be seen as a gap.
    const hidden = kept.filter(({ pts, duration }) => pts + duration <= packet.pts && pts < 0n);
    for (const each of kept) if (!hidden.includes(each)) each.free();
    return hidden;
  }

  close(): void {
    for (const packet of this.#kept.splice(0)) packet.free();
  }
}
