import type { Frame } from '@gimbal/core';
import type { GridPicture } from './gridPicture.js';

/** How many frames stay prepared: a pair in flight, the next one, and a little to spare. */
const KEPT = 6;

/** What is computed once per frame. */
export interface PreparedFrame {
  /** Names the frame to the inference thread. */
  readonly key: number;
  readonly picture: GridPicture;
  /** Set by the network that computes features, while it does and after. */
  encoded?: Promise<unknown> | undefined;
}

/** Finds the preparation that belongs to a frame handle. */
export interface PreparedFrames {
  /** Prepares the frames unless that is done, and keeps them at least until `work` has ended. */
  during<T>(frames: readonly Frame[], work: (prepared: readonly PreparedFrame[]) => Promise<T>): Promise<T>;
  /** Forgets all frames, those in use as soon as they no longer are, and remembers none from now on. */
  clear(): void;
}

interface Entry {
  readonly frame: WeakRef<Frame>;
  readonly prepared: Promise<PreparedFrame>;
  users: number;
}

/**
 * Remembers what was computed per frame handle. Of the handles only the few that were used last keep it, so that memory does not wait for
 * the garbage collector; a frame that comes back after that is prepared again.
 */
export function createPreparedFrames(
  look: (frame: Frame) => Promise<GridPicture>,
  forget: (prepared: PreparedFrame) => void,
): PreparedFrames {
  const byFrame = new WeakMap<Frame, Entry>();
  const recent: Entry[] = [];
  let nextKey = 0;
  let most = KEPT;
  let looked: Promise<unknown> = Promise.resolve();

  function entryOf(frame: Frame): Entry {
    const known = byFrame.get(frame);
    if (known) {
      recent.splice(recent.indexOf(known), 1);
      recent.push(known);
      return known;
    }
    const key = nextKey++;
    // One after the other: all at once, the first would be ready no sooner than the last.
    const prepared = looked.then(() => look(frame)).then((picture) => ({ key, picture }));
    looked = prepared.catch(() => undefined);
    const entry: Entry = { frame: new WeakRef(frame), prepared, users: 0 };
    byFrame.set(frame, entry);
    recent.push(entry);
    // A frame that could not be read may be readable the next time.
    prepared.catch(() => drop(entry));
    return entry;
  }

  function drop(entry: Entry): void {
    const position = recent.indexOf(entry);
    if (position >= 0) recent.splice(position, 1);
    const frame = entry.frame.deref();
    if (frame && byFrame.get(frame) === entry) byFrame.delete(frame);
    entry.prepared.then(forget, () => undefined);
  }

  function trim(): void {
    for (const entry of recent.filter(({ users }) => users === 0).slice(0, Math.max(0, recent.length - most))) {
      drop(entry);
    }
  }

  return {
    async during(frames, work) {
      const entries = frames.map(entryOf);
      for (const entry of entries) entry.users++;
      // Room is made before it is needed.
      trim();
      try {
        return await work(await Promise.all(entries.map(({ prepared }) => prepared)));
      } finally {
        for (const entry of entries) entry.users--;
        trim();
      }
    },
    clear() {
      most = 0;
      trim();
    },
  };
}
