/** A fraction, as FFmpeg writes frame rates, time bases and aspect ratios. */
export interface Rational {
  readonly num: number;
  readonly den: number;
}

/** What became of one time stamp. */
export interface RepairedStamp {
  /** Strictly larger than all before, in the ticks that came in. */
  readonly pts: bigint;
  /** The stamp was wrong, or missing with nothing to tell what it should be. */
  readonly repaired: boolean;
}

/** A step back of at least this many seconds is taken for a new clock, not for a wrong stamp. */
const NEW_CLOCK_SECONDS = 0.5;

/**
 * Makes time stamps strictly increasing. A missing stamp continues at the frame's duration; a repeated or slightly earlier one is
 * moved one tick behind the frame before; a jump back starts a new clock that continues where the old one stopped.
 */
export function timeStampRepair(timeBase: Rational, frameDuration: bigint) {
  const newClock = BigInt(Math.max(1, Math.round((NEW_CLOCK_SECONDS * timeBase.den) / timeBase.num)));
  const step = frameDuration > 0n ? frameDuration : 1n;
  let last: bigint | undefined;
  let shift = 0n;
  return (stamp: bigint | undefined, duration: bigint): RepairedStamp => {
    const next = last === undefined ? 0n : last + (duration > 0n ? duration : step);
    let pts = stamp === undefined ? next : stamp + shift;
    const repaired = stamp === undefined ? duration <= 0n : last !== undefined && pts <= last;
    if (last !== undefined && pts <= last) {
      if (last - pts >= newClock) {
        shift += next - pts;
        pts = next;
      } else {
        pts = last + 1n;
      }
    }
    last = pts;
    return { pts, repaired };
  };
}

/** Seconds of a number of ticks. */
export function ticksToSeconds(ticks: bigint, timeBase: Rational): number {
  return (Number(ticks) * timeBase.num) / timeBase.den;
}

/** The nearest number of ticks. */
export function secondsToTicks(seconds: number, timeBase: Rational): bigint {
  return BigInt(Math.round((seconds * timeBase.den) / timeBase.num));
}
