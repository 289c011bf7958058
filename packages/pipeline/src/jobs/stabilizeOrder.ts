import type { ClipMotion, FrameSink } from '@gimbal/core';
import type { Settings } from '../stabilize/settings.js';

/** A clip that is to be made steady. Plain values but for parts that the caller gives as objects. */
export interface StabilizeOrder {
  readonly input: string;
  readonly output: string | FrameSink;
  readonly settings: Settings;
  /** An earlier analysis, or the file that holds it. */
  readonly motion?: string | ClipMotion | undefined;
  readonly exportMotion?: string | undefined;
  readonly exportTrajectory?: string | undefined;
}
