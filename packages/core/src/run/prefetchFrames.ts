import type { Frame } from '../frame/frame.js';
import { nextTurn } from './nextTurn.js';

/** Reads frames a few ahead of their consumer, in order; the consumer closes what it takes. */
export interface PrefetchedFrames {
  /** At least one frame, and all that have come meanwhile up to `most`; none at the end. @throws what the source threw, after the frames before it. */
  take(most: number): Promise<Frame[]>;
  /** Stops reading and closes the frames that were not taken. */
  close(): Promise<void>;
}

/** `depth` frames are read ahead; with 0 each is read when it is asked for. */
export function prefetchFrames(frames: AsyncIterable<Frame>, depth: number): PrefetchedFrames {
  const iterator = frames[Symbol.asyncIterator]();
  const come: Frame[] = [];
  let reading: Promise<void> | undefined;
  let ended = false;
  let stopped = false;
  let failure: { readonly error: unknown } | undefined;

  async function next(): Promise<void> {
    try {
      const { done, value } = await iterator.next();
      if (done === true) ended = true;
      else come.push(value);
    } catch (error) {
      ended = true;
      failure = { error };
    } finally {
      reading = undefined;
    }
    if (come.length < depth) read();
  }

  function read(): void {
    if (!ended && !stopped) reading ??= next();
  }

  return {
    async take(most) {
      while (come.length === 0 && !ended && !stopped) {
        read();
        await reading;
        // Those that came in one message with it follow in this turn of the event loop.
        if (most > 1 && come.length < Math.min(most, depth)) await nextTurn();
      }
      const taken = come.splice(0, most);
      if (taken.length === 0 && failure !== undefined) throw failure.error;
      if (depth > 0) read();
      return taken;
    },
    async close() {
      stopped = true;
      await reading;
      for (const frame of come.splice(0)) frame.close();
      if (!ended) await iterator.return?.();
    },
  };
}
