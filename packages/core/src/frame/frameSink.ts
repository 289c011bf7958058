import type { Frame, Size } from './frame.js';

/** Takes finished frames. */
export interface FrameSink {
  /** Where the frames that `allocate` gives may lie; host memory only unless told. */
  readonly memory?: readonly Frame['memory'][] | undefined;
  /** Called once, before the first frame, with the size of the pictures that will come. */
  open(size: Size): Promise<void>;
  /** A frame to be filled, with the format, time and index of `like`, of the size given to `open`. */
  allocate(like: Frame): Frame | Promise<Frame>;
  /** Takes the frame, one that `allocate` gave, over (and closes it). Resolves when the next frame is welcome. */
  write(frame: Frame): Promise<void>;
  /** Completes the output; only then does it appear under its name. */
  finish(): Promise<void>;
  /** Gives up: nothing is left behind. Safe to call at any time, also after `finish` (then it does nothing). */
  abort(): Promise<void>;
}
