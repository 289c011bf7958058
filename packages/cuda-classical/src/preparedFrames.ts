import { createRecentFrames, type Frame, KEPT_FRAMES } from '@gimbal/core';
import type { NativeEngine, NativeFrame } from './addon.js';
import type { ClassicalState } from './classicalState.js';

/** Finds the preparation that belongs to a frame handle. */
export interface PreparedFrames {
  /** `room` frames may stay prepared, at least the usual few: ask for as many as the call at hand needs together. */
  of(frame: Frame, room?: number): NativeFrame;
  /** Lets the next frame that has the state's index begin with its trust. */
  carry(state: ClassicalState | undefined): void;
  clear(): void;
}

/** Remembers what was computed of the frames that were used last; one that comes back later is prepared again. */
export function createPreparedFrames(engine: NativeEngine): PreparedFrames {
  const recent = createRecentFrames<NativeFrame>((native) => native.release());
  let carried: ClassicalState | undefined;

  function make({ index }: Frame): NativeFrame {
    const native = engine.frame();
    if (carried === undefined || carried.frame !== index) return native;
    engine.carry(native, carried.trust);
    // Another handle of the frame, such as one that is kept across a gap, begins with nothing.
    carried = undefined;
    return native;
  }

  return {
    of(frame, room = KEPT_FRAMES) {
      const native = recent.of(frame, () => make(frame));
      recent.trim(Math.max(room, KEPT_FRAMES));
      return native;
    },
    carry(state) {
      carried = state;
    },
    clear: () => recent.trim(0),
  };
}
