// The contract of a renderer: warps frames.
import type { Frame, Size } from '../frame/frame.js';
import type { Homography } from '../geometry/homography.js';

/** How a frame becomes a picture: output pixel → source pixel (full-resolution luma pixels, pixel centres on integers). */
export interface Warp {
  readonly rows: number;
  readonly cols: number;
  /** `rows × cols × 9` numbers, as in a MotionField, the grid laid over the *output* picture. */
  readonly homographies: Float64Array;
}

/** A warp with one transform for the whole picture. The homography is not copied. */
export function globalWarp(h: Homography): Warp {
  return { rows: 1, cols: 1, homographies: h };
}

/** Options of one call of a renderer. */
export interface RenderOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Warps frames. Correction, crop and output size arrive composed in one transform: every pixel is interpolated once. */
export interface Renderer {
  readonly name: string;
  /** Frame memories that `render` accepts as its source. */
  readonly memory: readonly Frame['memory'][];
  /** Calls of `render` that may be under way at once and gain by it; one after the other unless told. */
  readonly concurrency?: number | undefined;
  /**
   * Fills `target` from `source`; both have the same pixel format. Closes neither. A renderer writes into host memory, and into other
   * memories as far as it says so itself.
   */
  render(source: Frame, target: Frame, warp: Warp, options?: RenderOptions): Promise<void>;
  warmup?(source: Size, target: Size): Promise<void>;
  dispose?(): void | Promise<void>;
}
