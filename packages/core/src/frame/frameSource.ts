import type { Frame, PixelFormat, Size } from './frame.js';

/** What is known of a clip before its frames are decoded. */
export interface ClipInfo extends Size {
  readonly format: PixelFormat;
  /** Width of a pixel over its height, as it is shown; 1 unless told. */
  readonly pixelAspect?: number | undefined;
  /** Average frames per second. */
  readonly frameRate: number;
  /** Number of frames if the container tells, an estimate otherwise; `undefined` if neither is possible. */
  readonly frameCount: number | undefined;
  /** Seconds. */
  readonly duration: number | undefined;
}

/** Something that went wrong but did not end the run, such as a truncated tail. */
export interface SourceWarning {
  readonly code: 'truncated' | 'corrupt' | 'resolution-change' | 'timestamps' | 'interlaced' | 'decoder';
  readonly message: string;
}

/** Options of one pass over a source. */
export interface FramesOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Hands over a clip's frames, as often as asked. */
export interface FrameSource {
  readonly info: ClipInfo;
  /** What went wrong so far; complete once `frames` has been read to the end. */
  readonly warnings: readonly SourceWarning[];
  /** The frames from first to last. The consumer closes each frame. Every call starts again at the first. */
  frames(options?: FramesOptions): AsyncIterable<Frame>;
  close(): Promise<void>;
}
