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
  readonly signal?: AbortSignal | undefined;
}

/**
 * Walks two clips in step and pairs their frames by time stamp, each with the nearest, so that dropped or added frames on either side do
 * not shift the rest.
 */
export async function* matchFrames(options: MatchFramesOptions): AsyncGenerator<FrameMatch, void, undefined> {
  const { tolerance, signal } = options;
  const originals = new Reader(options.original, signal);
  const stabilizeds = new Reader(options.stabilized, signal);
  try {
    for (;;) {
      const o = await originals.peek(0);
      const s = await stabilizeds.peek(0);
      if (o === undefined && s === undefined) return;
      if (s === undefined || (o !== undefined && o.time < s.time - tolerance)) {
        yield { original: originals.take() };
        continue;
      }
      if (o === undefined || o.time > s.time + tolerance) {
        yield { stabilized: stabilizeds.take() };
        continue;
      }
      const distance = Math.abs(o.time - s.time);
      const nextOriginal = distance > 0 ? await originals.peek(1) : undefined;
      const nextStabilized = distance > 0 ? await stabilizeds.peek(1) : undefined;
      const betterOriginal = nextOriginal ? Math.abs(nextOriginal.time - s.time) : Number.POSITIVE_INFINITY;
      const betterStabilized = nextStabilized ? Math.abs(nextStabilized.time - o.time) : Number.POSITIVE_INFINITY;
      if (betterOriginal < distance && betterOriginal <= betterStabilized) yield { original: originals.take() };
      else if (betterStabilized < distance) yield { stabilized: stabilizeds.take() };
      else yield { original: originals.take(), stabilized: stabilizeds.take() };
    }
  } finally {
    await originals.close();
    await stabilizeds.close();
  }
}

/** A clip's frames, with a look at those to come. */
class Reader {
  private readonly iterator: AsyncIterator<Frame>;
  private readonly ahead: Frame[] = [];
  private ended = false;

  constructor(source: FrameSource, signal: AbortSignal | undefined) {
    this.iterator = source.frames({ signal })[Symbol.asyncIterator]();
  }

  async peek(position: number): Promise<Frame | undefined> {
    while (this.ahead.length <= position && !this.ended) {
      const next = await this.iterator.next();
      if (next.done) this.ended = true;
      else this.ahead.push(next.value);
    }
    return this.ahead[position];
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
