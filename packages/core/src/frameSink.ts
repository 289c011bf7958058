import type { Frame, HostFrame, Size } from './frame.js';

/** Takes finished frames. */
export interface FrameSink {
  /** Called once, before the first frame, with the size of the pictures that will come. */
  open(size: Size): Promise<void>;
  /** A frame to be filled, with the format, time and index of `like`, of the size given to `open`. */
  allocate(like: Frame): HostFrame;
  /** Takes the frame over (and closes it). Resolves when the next frame is welcome. */
  write(frame: HostFrame): Promise<void>;
  /** Completes the output; only then does it appear under its name. */
  finish(): Promise<void>;
  /** Gives up: nothing is left behind. Safe to call at any time, also after `finish` (then it does nothing). */
  abort(): Promise<void>;
}
