import type { Frame } from '@gimbal/core';
import type { NativeEngine, NativeFrame } from './addon.js';

/** How many frames stay prepared: a pair in flight, the next one, and a little to spare. */
const KEPT = 6;

/** Finds the preparation that belongs to a frame handle. */
export interface PreparedFrames {
  /** `room` frames may stay prepared, at least the usual few: ask for as many as the call at hand needs together. */
  of(frame: Frame, room?: number): NativeFrame;
  clear(): void;
}

/**
 * Remembers what was computed per frame handle. Handles that are garbage lose theirs, and of the others only the few that were used
 * last keep it, so that memory does not wait for the garbage collector; a frame that comes back after that is prepared again.
 */
export function createPreparedFrames(engine: NativeEngine): PreparedFrames {
  const byFrame = new WeakMap<Frame, NativeFrame>();
  const recent: { readonly frame: WeakRef<Frame>; readonly native: NativeFrame }[] = [];
  return {
    of(frame, room = KEPT) {
      let native = byFrame.get(frame);
      const position = native ? recent.findIndex((entry) => entry.native === native) : -1;
      const entry = position >= 0 ? recent.splice(position, 1)[0] : undefined;
      if (!native) {
        native = engine.frame();
        byFrame.set(frame, native);
      }
      recent.push(entry ?? { frame: new WeakRef(frame), native });
      while (recent.length > Math.max(room, KEPT)) forget(recent.shift());
      return native;
    },
    clear() {
      while (recent.length > 0) forget(recent.shift());
    },
  };

  function forget(entry: (typeof recent)[number] | undefined): void {
    if (!entry) return;
    const frame = entry.frame.deref();
    if (frame) byFrame.delete(frame);
    entry.native.release();
  }
}
