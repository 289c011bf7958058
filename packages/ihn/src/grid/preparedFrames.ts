import { createRecentFrames, type Frame, KEPT_FRAMES } from '@gimbal/core';
import type { Features } from '../network/networkMessages.js';
import type { GridPicture } from './gridPicture.js';

/** What is computed once per frame. */
export interface PreparedFrame {
  /** Names the frame to the inference thread. */
  readonly key: number;
  readonly picture: GridPicture;
  /** Set by the network that computes features, while it does and after. */
  encoded?: Promise<Features> | undefined;
}

/** Finds the preparation that belongs to a frame handle. */
export interface PreparedFrames {
  /** Prepares the frames unless that is done, and keeps them at least until `work` has ended. */
  during<T>(frames: readonly Frame[], work: (prepared: readonly PreparedFrame[]) => Promise<T>): Promise<T>;
  /** Forgets all frames, those in use as soon as they no longer are, and remembers none from now on. */
  clear(): void;
}

interface Entry {
  readonly prepared: Promise<PreparedFrame>;
  users: number;
}

/** Remembers what was computed of the frames that were used last; one that comes back later is prepared again. */
export function createPreparedFrames(
  pass: (frame: Frame) => Promise<GridPicture>,
  forget: (prepared: PreparedFrame) => void,
): PreparedFrames {
  const recent = createRecentFrames<Entry>(
    ({ prepared }) => void prepared.then(forget, () => undefined),
    ({ users }) => users > 0,
  );
  let nextKey = 0;
  let most = KEPT_FRAMES;
  let looked: Promise<unknown> = Promise.resolve();

  function prepare(frame: Frame): Entry {
    const key = nextKey++;
    // One after the other: all at once, the first would be ready no sooner than the last.
    const prepared = looked.then(() => pass(frame)).then((picture) => ({ key, picture }));
    looked = prepared.catch(() => undefined);
    const entry: Entry = { prepared, users: 0 };
    // A frame that could not be read may be readable the next time.
    prepared.catch(() => recent.drop(entry));
    return entry;
  }

  return {
    async during(frames, work) {
      const entries = frames.map((frame) => recent.of(frame, () => prepare(frame)));
      for (const entry of entries) entry.users++;
      // Room is made before it is needed.
      recent.trim(most);
      try {
        return await work(await Promise.all(entries.map(({ prepared }) => prepared)));
      } finally {
        for (const entry of entries) entry.users--;
        recent.trim(most);
      }
    },
    clear() {
      most = 0;
      recent.trim(most);
    },
  };
}
