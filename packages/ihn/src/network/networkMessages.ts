import type { Homography } from '@gimbal/core';
import type { PhotometricPair } from '../photometric/photometricRefinement.js';
import type { WeightFile } from './weightFiles.js';

/** Loads networks. Answered with the provider that runs them. */
export interface OpenRequest {
  readonly kind: 'open';
  readonly files: Readonly<Record<string, WeightFile>>;
  readonly threads: number;
  /** The CUDA device to run on; the CPU unless given. */
  readonly cudaDevice?: number | undefined;
}

/** Computes the features of pictures and keeps them under their keys until a {@link ForgetRequest}. Answered with a handle for each. */
export interface EncodeRequest {
  readonly kind: 'encode';
  /** `gray`: 128 × 128 numbers 0..1, row by row. */
  readonly pictures: readonly { readonly key: number; readonly gray: Float32Array }[];
}

/** Handle of a picture's features, which stay in the inference thread. */
export interface Features {
  readonly key: number;
}

/** Refines the corners of pairs. Answered with one {@link Refinement} a pair. */
export interface RefineRequest {
  readonly kind: 'refine';
  readonly pairs: readonly { readonly previous: Features; readonly current: Features; readonly start: Float32Array }[];
  /** The stride of each step. */
  readonly order: readonly number[];
  /** Whether steps may be skipped once a coarse stride has converged. */
  readonly earlyStop: boolean;
  /** With `earlyStop`: the expected error in grid pixels below which the finest strides are skipped too, because a later stage corrects the rest. */
  readonly tolerance?: number | undefined;
}

/** Improves an answer by the grey levels of both pictures. Answered with a homography, or undefined. */
export interface PhotometricRequest {
  readonly kind: 'photometric';
  readonly pair: PhotometricPair;
}

/** Frees features. */
export interface ForgetRequest {
  readonly kind: 'forget';
  readonly keys: readonly number[];
}

/** A request to the inference thread. */
export type NetworkRequest = OpenRequest | EncodeRequest | RefineRequest | PhotometricRequest | ForgetRequest;

/** The refinement of one pair. Displacements x, y of the corners TL, TR, BL, BR in pixels of the 128 × 128 grid. */
export interface Refinement {
  /** Eight numbers after each step; a skipped step repeats the one before. The last is the answer, see `chosenStep`. */
  readonly corners: readonly Float32Array[];
  /** `cells × cells` numbers 0..1 of the step that answers, cells of the previous frame. */
  readonly inliers: Float32Array;
  readonly cells: number;
  /** The mean corner error that the network predicts for its answer, and what it predicted after the last step of each stride. */
  readonly expectedError: number;
  readonly expectedErrors: readonly number[];
}

/** The answer to each kind of request. */
export interface NetworkAnswers {
  readonly open: undefined;
  readonly encode: readonly Features[];
  readonly refine: readonly Refinement[];
  readonly photometric: Homography | undefined;
  readonly forget: undefined;
}
