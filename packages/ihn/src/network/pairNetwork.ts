// What the estimator asks of a network for a pair of pictures.
import type { Homography } from '@gimbal/core';
import type { PreparedFrame } from '../grid/preparedFrames.js';
import type { InlierMap } from '../hypotheses/inlierMap.js';
import type { PhotometricPair } from '../photometric/photometricRefinement.js';

/** A pair for the network, with the displacement of the grid's corners that it starts from. */
export interface Question {
  readonly previous: PreparedFrame;
  readonly current: PreparedFrame;
  readonly start: Float32Array;
}

/** What the network answers for a pair. Displacements of the grid's corners TL, TR, BL, BR in grid pixels. */
export interface NetworkPass {
  /** After each step; the last is the answer. At least one. */
  readonly corners: readonly Float32Array[];
  /** Which cells of the previous frame moved with the camera, if the network predicts it. */
  readonly inliers?: InlierMap;
  /** The mean corner error that the network predicts for its answer, in grid pixels, if it predicts one. */
  readonly expectedError?: number;
  /** The same after the last step of each stride, from coarse to fine. */
  readonly expectedErrors?: readonly number[];
}

/** A network that estimates the motion of pairs of grid pictures. */
export interface PairNetwork {
  readonly provider: 'cpu' | 'cuda';
  /** Whether it uses the start it is given: then another pass from another start may find a better answer. */
  readonly guided: boolean;
  run(questions: readonly Question[]): Promise<NetworkPass[]>;
  /** Runs everything once, so that the first pair takes no longer than the others. */
  warmup(): Promise<void>;
  /** `refinePhotometric` off the event loop. */
  refinePhotometric(pair: PhotometricPair): Promise<Homography | undefined>;
  /** Frees what was kept of a frame. */
  forget(frame: PreparedFrame): void;
  close(): Promise<void>;
}
