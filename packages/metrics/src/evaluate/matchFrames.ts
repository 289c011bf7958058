// Pairs the frames of two clips by their time stamps.
import type { Frame, FrameSource } from '@gimbal/core';

/** Frames of two clips that show the same moment, or one that has no partner. The receiver closes them. */
export type FrameMatch =
  | { readonly original: Frame; readonly stabilized: Frame }
  | { readonly original: Frame; readonly stabilized?: never }
  | { readonly original?: never; readonly stabilized: Frame };

export interface MatchFramesOptions {
  readonly original: FrameSource;
  readonly stabilized: FrameSource;
  /** Seconds by which the times of partners may differ: half the distance of frames. */
  readonly tolerance: number;
  /** Seconds to add to the stabilized clip's times; 0 unless told. */
  readonly offset?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Walks two clips in step and pairs their frames by time stamp, each with the nearest, so that dropped or added frames on either side do
 * not shift the rest.
 */
export async function* matchFrames(options: MatchFramesOptions): AsyncGenerator<FrameMatch, void, undefined> {
  const { tolerance, offset = 0, signal } = options;
  const originals = new Reader(options.original, 0, signal);
  const stabilizeds = new Reader(options.stabilized, offset, signal);
  try {
    for (;;) {
      const o = await originals.peek(0);
      const s = await stabilizeds.peek(0);
      if (o === undefined && s === undefined) return;
      if (s === undefined || (o !== undefined && o < s - tolerance)) {
        yield { original: originals.take() };
        continue;
      }
      if (o === undefined || o > s + tolerance) {
        yield { stabilized: stabilizeds.take() };
        continue;
      }
      const distance = Math.abs(o - s);
      const betterOriginal = distance > 0 ? distanceOf(await originals.peek(1), s) : distance;
      const betterStabilized = distance > 0 ? distanceOf(await stabilizeds.peek(1), o) : distance;
      if (betterOriginal < distance && betterOriginal <= betterStabilized) yield { original: originals.take() };
      else if (betterStabilized < distance) yield { stabilized: stabilizeds.take() };
      else yield { original: originals.take(), stabilized: stabilizeds.take() };
    }
  } finally {
    await originals.close();
    await stabilizeds.close();
  }
}

function distanceOf(time: number | undefined, from: number): number {
  return time === undefined ? Number.POSITIVE_INFINITY : Math.abs(time - from);
}

/** A clip's frames, with a look at the times of those to come. */
class Reader {
  private readonly iterator: AsyncIterator<Frame>;
  private readonly ahead: Frame[] = [];
  private ended = false;

  constructor(
    source: FrameSource,
    private readonly offset: number,
    signal: AbortSignal | undefined,
  ) {
    this.iterator = source.frames({ signal })[Symbol.asyncIterator]();
  }

  /** Time of a frame to come, `undefined` after the last. */
  async peek(position: number): Promise<number | undefined> {
    while (this.ahead.length <= position && !this.ended) {
      const next = await this.iterator.next();
      if (next.done) this.ended = true;
      else this.ahead.push(next.value);
    }
    const frame = this.ahead[position];
    return frame && frame.time + this.offset;
  }

  /** Hands over the frame at the head, which has been peeked at. */
  take(): Frame {
    return this.ahead.shift()!;
  }

  async close(): Promise<void> {
    for (const frame of this.ahead.splice(0)) frame.close();
    if (!this.ended) await this.iterator.return?.();
    this.ended = true;
  }
}
