import type { GimbalErrorCode } from '@gimbal/core';
import type { WeightFile } from './weightFiles.js';

/** Loads networks. Answered with the provider that runs them. */
export interface OpenRequest {
  readonly kind: 'open';
  readonly files: Readonly<Record<string, WeightFile>>;
  readonly threads: number;
  /** The CUDA device to run on; the CPU unless given. */
  readonly cudaDevice?: number | undefined;
}

/** Computes the features of pictures, which belong to their keys until they are forgotten. Answered with what stands for those of each. */
export interface EncodeRequest {
  readonly kind: 'encode';
  /** `gray`: 128 × 128 numbers 0..1, row by row. */
  readonly pictures: readonly { readonly key: number; readonly gray: Float32Array }[];
}

/** Stands for the features of a picture. They themselves stay in the inference thread. */
export interface Features {
  readonly key: number;
}

/** Refines the corners of pairs. Answered with one {@link Refinement} a pair. */
export interface RefineRequest {
  readonly kind: 'refine';
  readonly pairs: readonly { readonly previous: Features; readonly current: Features; readonly start: Float32Array }[];
  /** The stride of each step. */
  readonly order: readonly number[];
  /** Whether steps may be left out where a coarse stride has nothing left to correct. */
  readonly brief: boolean;
  /** With `brief`: the expected error in grid pixels below which the finest strides are left out too, because something follows that sees more. */
  readonly enough?: number | undefined;
}

/** Runs the single-shot regression. Answered with eight numbers a pair. */
export interface RegressRequest {
  readonly kind: 'regress';
  readonly pairs: readonly { readonly previous: Float32Array; readonly current: Float32Array }[];
}

/** Gives up features. */
export interface ForgetRequest {
  readonly kind: 'forget';
  readonly keys: readonly number[];
}

/** Releases the networks and ends the thread. */
export interface CloseRequest {
  readonly kind: 'close';
}

/** What the inference thread is asked. */
export type NetworkRequest =
  | OpenRequest
  | EncodeRequest
  | RefineRequest
  | RegressRequest
  | ForgetRequest
  | CloseRequest;

/** What the refinement of one pair came to. Displacements x, y of the corners TL, TR, BL, BR in pixels of the 128 × 128 grid. */
export interface Refinement {
  /** Eight numbers after each step; a step that was left out repeats the one before. The last is the answer, see `chosenStep`. */
  readonly corners: readonly Float32Array[];
  /** `cells × cells` numbers 0..1 of the step that answers, cells of the previous frame. */
  readonly inliers: Float32Array;
  readonly cells: number;
  /** The mean corner error that the network expects of its answer, and what it expected after the last step of each stride. */
  readonly spread: number;
  readonly spreads: readonly number[];
}

/** What each request is answered with. */
export interface NetworkAnswers {
  readonly open: undefined;
  readonly encode: readonly Features[];
  readonly refine: readonly Refinement[];
  readonly regress: readonly Float32Array[];
  readonly forget: undefined;
  readonly close: undefined;
}

/** A request with its number. */
export interface Numbered {
  readonly id: number;
  readonly request: NetworkRequest;
}

/** An answer, or what went wrong, with the number of its request. */
export type Reply =
  | { readonly id: number; readonly value: NetworkAnswers[keyof NetworkAnswers] }
  | { readonly id: number; readonly code: GimbalErrorCode; readonly message: string };
