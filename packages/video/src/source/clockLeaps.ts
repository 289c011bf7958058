/** Time stamps of a packet in seconds of the file's own clock; `undefined` where it has none. */
export interface PacketTimes {
  readonly pts: number | undefined;
  readonly dts: number | undefined;
  readonly duration: number;
}

/** A clock of the file: what is added to its time stamps. Several streams run on one clock, so what was in step stays in step. */
interface Clock {
  shift: number;
}

/** How far a stream has come, in corrected seconds. */
interface Reached {
  clock: Clock;
  /** Decoding time of the last packet. */
  last: number;
  /** Decoding time at which the next packet is due. */
  next: number;
  /** End of what is presented. */
  end: number;
  /** What was due before the last step forward that may have been a damaged stamp. */
  beforeHole: number | undefined;
}

/** Steps forward that are longer are leaps, in containers whose clocks are known to leap and in others. */
const LEAP_SECONDS = 10;
const LONGEST_HOLE_SECONDS = 600;
/** Steps back that are longer are leaps. FFmpeg's own measure for transport streams; other containers are less exact. */
const STEP_BACK_SECONDS = 0.1;
/** A step forward of this length that is taken back at once was a damaged stamp. */
const SUSPECT_SECONDS = 0.5;
const LOOSE_STEP_BACK_SECONDS = 0.5;
/** How closely a packet must follow so that its stream is taken to have returned to a clock that it left before. */
const RETURN_SECONDS = 0.1;
/** A packet that claims to last longer does not know. */
const LONGEST_PACKET_SECONDS = 1;
/** Clocks that are remembered: in a damaged file every packet may seem to have its own. */
const MOST_CLOCKS = 16;

/**
 * Finds where the clock of a file leaps or starts again, packet by packet in the order of the file, and by how much every packet has to be
 * shifted so that each stream continues where it stopped. A stream that leaps where another has leapt before takes that one's new clock:
 * what was in step behind the leap stays so, even if the streams do not leap at the same place in the file.
 */
export class ClockLeaps {
  /** What is added to the first clock of the file. */
  readonly startShift: number;
  readonly #clocks: Clock[];
  readonly #streams = new Map<number, Reached>();
  readonly #forward: number;
  readonly #back: number;
  readonly #discontinuous: boolean;

  /**
   * @param start seconds of the file's clock that become zero.
   * @param discontinuous the container's clocks are known to leap, as in transport streams.
   */
  constructor(start: number, discontinuous: boolean) {
    this.#clocks = [{ shift: -start }];
    this.startShift = -start;
    this.#discontinuous = discontinuous;
    this.#forward = discontinuous ? LEAP_SECONDS : LONGEST_HOLE_SECONDS;
    this.#back = discontinuous ? STEP_BACK_SECONDS : LOOSE_STEP_BACK_SECONDS;
  }

  /** What is to be added to the time stamps of the next packet of a stream of pictures or sound, and whether its clock leaps there. */
  next(stream: number, packet: PacketTimes): { readonly shift: number; readonly leaps: boolean } {
    const dts = packet.dts ?? packet.pts;
    const reached = this.#streams.get(stream);
    const claimed = packet.duration > 0 && packet.duration <= LONGEST_PACKET_SECONDS ? packet.duration : 0;
    if (dts === undefined) {
      if (reached !== undefined) reached.next += claimed;
      return { shift: reached?.clock.shift ?? this.#newest.shift, leaps: false };
    }
    const clock = reached === undefined ? this.#firstClock(dts) : this.#clockOf(reached, dts, packet.pts ?? dts);
    const at = dts + clock.shift;
    const end = Math.max(at, (packet.pts ?? dts) + clock.shift) + claimed;
    const leaps = reached !== undefined && clock !== reached.clock;
    const returns = reached !== undefined && at < reached.last;
    this.#streams.set(stream, {
      clock,
      last: at,
      next: at + claimed,
      end: reached === undefined || leaps || returns ? end : Math.max(reached.end, end),
      beforeHole: reached !== undefined && at - reached.next > SUSPECT_SECONDS ? reached.next : undefined,
    });
    return { shift: clock.shift, leaps };
  }

  /** What is to be added to a time of a stream that does not take part, such as subtitles. */
  shiftAt(pts: number | undefined): number {
    const now = this.#now;
    if (pts === undefined || now === undefined) return this.#newest.shift;
    return this.#nearest(this.#clocks, pts, now).shift;
  }

  /** Of a stream that has just begun. */
  #firstClock(dts: number): Clock {
    const now = this.#now;
    if (now === undefined || !this.#discontinuous) return this.#clocks[0];
    const nearest = this.#nearest(this.#clocks, dts, now);
    return Math.abs(dts + nearest.shift - now) <= LEAP_SECONDS ? nearest : this.#add(now - dts);
  }

  #clockOf({ clock, last, next, end, beforeHole }: Reached, dts: number, pts: number): Clock {
    const at = dts + clock.shift;
    const goesOn = at >= last - this.#back;
    if (goesOn && at - next <= SUSPECT_SECONDS) return clock;
    if (beforeHole !== undefined && Math.abs(at - beforeHole) <= SUSPECT_SECONDS) return clock;
    const returned = this.#fitting(this.#clocks, dts, next, RETURN_SECONDS);
    if (returned !== undefined) return returned;
    if (goesOn && (at - next <= this.#forward || this.#othersReached(clock, at))) return clock;
    const newer = this.#clocks.slice(this.#clocks.indexOf(clock) + 1);
    return this.#fitting(newer, dts, next, LEAP_SECONDS) ?? this.#add(Math.max(next - dts, end - pts));
  }

  /** The clock by which a packet follows best, if it follows within some seconds of when it is due. */
  #fitting(clocks: readonly Clock[], dts: number, due: number, within: number): Clock | undefined {
    if (clocks.length === 0) return undefined;
    const clock = this.#nearest(clocks, dts, due);
    const overlap = due - (dts + clock.shift);
    if (Math.abs(overlap) > within) return undefined;
    // Nothing may be lost where this stream lasted longer than the one that leapt first: all wait for it.
    if (overlap > 0) clock.shift += overlap;
    return clock;
  }

  /** True when another stream on the same clock has come about as far: then the time has passed and the step is a hole, not a leap. */
  #othersReached(clock: Clock, at: number): boolean {
    // The stream itself is more than a leap away.
    return [...this.#streams.values()].some((other) => other.clock === clock && other.next >= at - LEAP_SECONDS / 2);
  }

  get #newest(): Clock {
    return this.#clocks[this.#clocks.length - 1];
  }

  /** The farthest that any stream has come. */
  get #now(): number | undefined {
    const ends = [...this.#streams.values()].map(({ next }) => next);
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  #nearest(clocks: readonly Clock[], time: number, wanted: number): Clock {
    const off = ({ shift }: Clock) => Math.abs(time + shift - wanted);
    return clocks.reduce((best, clock) => (off(clock) <= off(best) ? clock : best));
  }

  #add(shift: number): Clock {
    const clock = { shift };
    this.#clocks.push(clock);
    if (this.#clocks.length > MOST_CLOCKS) this.#clocks.shift();
    return clock;
  }
}
