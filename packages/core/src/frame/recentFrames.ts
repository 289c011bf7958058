// Keeps what is computed once per frame for the last few frames.
import type { Frame } from './frame.js';

/** How many frames an estimator keeps something of: a pair in flight, the next one, and a little to spare. */
export const KEPT_FRAMES = 6;

/** What is computed once per frame, found again by the frame's handle. */
export interface RecentFrames<T extends object> {
  /** What belongs to a frame, made if there is none. It is the one used last now. */
  of(frame: Frame, make: () => T): T;
  /** Forgets those used longest ago until at most `most` are left; none that is in use. */
  trim(most: number): void;
  /** Forgets one. */
  drop(value: T): void;
}

/**
 * Remembers values per frame handle. Handles are not kept from the garbage collector, and values do not wait for it: a caller that trims after
 * each use has the few that were used last. What was forgotten is made again when its frame comes back.
 * @param forget Told of every value that is forgotten, once.
 * @param inUse Which values `trim` leaves alone: none unless told.
 */
export function createRecentFrames<T extends object>(
  forget: (value: T) => void,
  inUse: (value: T) => boolean = () => false,
): RecentFrames<T> {
  interface Entry {
    readonly frame: WeakRef<Frame>;
    readonly value: T;
  }
  const byFrame = new WeakMap<Frame, Entry>();
  /** The one used last comes last. */
  const recent = new Set<Entry>();

  function remove(entry: Entry): void {
    recent.delete(entry);
    const frame = entry.frame.deref();
    if (frame) byFrame.delete(frame);
    forget(entry.value);
  }

  return {
    of(frame, make) {
      const known = byFrame.get(frame);
      const entry = known ?? { frame: new WeakRef(frame), value: make() };
      if (known === undefined) byFrame.set(frame, entry);
      recent.delete(entry);
      recent.add(entry);
      return entry.value;
    },
    trim(most) {
      for (const entry of recent) {
        if (recent.size <= most) return;
        if (!inUse(entry.value)) remove(entry);
      }
    },
    drop(value) {
      for (const entry of recent) if (entry.value === value) remove(entry);
    },
  };
}
