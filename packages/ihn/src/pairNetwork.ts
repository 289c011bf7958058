import type { PreparedFrame } from './preparedFrames.js';

/** A pair to be looked at, from a first guess of how the grid's corners moved. */
export interface Question {
  readonly previous: PreparedFrame;
  readonly current: PreparedFrame;
  readonly start: Float32Array;
}

/** What a network said of a pair. Displacements of the grid's corners TL, TR, BL, BR in its pixels. */
export interface Look {
  /** After each step; the last is the answer. At least one. */
  readonly corners: readonly Float32Array[];
  /** Which cells of the previous frame moved with the camera, 0..1, where the network tells. */
  readonly inliers?: { readonly cells: number; readonly data: Float32Array };
  /** The mean corner error that the network expects of its answer, in grid pixels, where it tells. */
  readonly spread?: number;
  /** The same after the last step of each stride, from coarse to fine. */
  readonly spreads?: readonly number[];
}

/** A network that looks at pairs. */
export interface PairNetwork {
  readonly provider: 'cpu' | 'cuda';
  /** Whether it makes use of a first guess: then a second look from elsewhere may help. */
  readonly guided: boolean;
  look(questions: readonly Question[]): Promise<Look[]>;
  /** Runs everything once, so that the first look is as fast as the rest. */
  warmup(): Promise<void>;
  /** The frame is done with. */
  forget(frame: PreparedFrame): void;
  close(): Promise<void>;
}
