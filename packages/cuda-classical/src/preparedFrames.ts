import { createRecentFrames, type Frame, KEPT_FRAMES } from '@gimbal/core';
import type { NativeEngine, NativeFrame } from './addon.js';

/** Finds the preparation that belongs to a frame handle. */
export interface PreparedFrames {
  /** `room` frames may stay prepared, at least the usual few: ask for as many as the call at hand needs together. */
  of(frame: Frame, room?: number): NativeFrame;
  clear(): void;
}

/** Remembers what was computed of the frames that were used last; one that comes back later is prepared again. */
export function createPreparedFrames(engine: NativeEngine): PreparedFrames {
  const recent = createRecentFrames<NativeFrame>((native) => native.release());
  return {
    of(frame, room = KEPT_FRAMES) {
      const native = recent.of(frame, () => engine.frame());
      recent.trim(Math.max(room, KEPT_FRAMES));
      return native;
    },
    clear: () => recent.trim(0),
  };
}
