import type { EstimatorContext, EstimatorPlugin, HostFrame, RuntimeInfo, Size, Support } from '@gimbal/core';
import type { Homography } from '@gimbal/core/geometry';

/** Options of one call. */
export interface InterpolatorCallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Two frames of one shot, one after the other, and how the camera moved from the first to the second (full-resolution pixels). */
export interface FramePair {
  readonly first: HostFrame;
  readonly second: HostFrame;
  readonly camera: Homography;
}

/** What an interpolator says of a frame that it made. */
export interface MadeFrame {
  /** 0 (the two frames contradict each other everywhere) to 1 (they agree everywhere once they are aligned). */
  readonly confidence: number;
  /** Share of the picture, 0 to 1, that kept its place on the screen: print, logos. */
  readonly held: number;
}

/** A pair that was looked at; makes frames until it is closed. One call at a time. */
export interface PreparedPair {
  /**
   * Fills `target`, a frame of the pair's format and size, with the picture at `t` in (0, 1) between the two.
   * @throws GimbalError
   */
  make(t: number, target: HostFrame, options?: InterpolatorCallOptions): Promise<MadeFrame>;
  close(): void;
}

/** Makes frames between two frames. Serves one pair at a time. */
export interface Interpolator {
  readonly name: string;
  /** Allocates for frames of this size, so that the first pair is as fast as the rest. */
  warmup?(size: Size): Promise<void>;
  /** Looks at a pair. Does not close the frames, which must stay open until the prepared pair is closed. */
  prepare(pair: FramePair, options?: InterpolatorCallOptions): Promise<PreparedPair>;
  dispose?(): void | Promise<void>;
}

/** An interpolator package's default export, made like that of an estimator. */
export interface InterpolatorPlugin<Options = unknown> {
  readonly meta: EstimatorPlugin['meta'];
  /** Checks and completes options as they come from a file or the command line. @throws on a wrong one, naming it. */
  parseOptions(raw: unknown): Options;
  /** How well it fits a machine; see `EstimatorPlugin.supports`. */
  supports(runtime: RuntimeInfo): number | Support | Promise<number | Support>;
  create(options: Options, context: EstimatorContext): Promise<Interpolator>;
}
