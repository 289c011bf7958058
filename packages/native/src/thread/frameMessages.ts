import type { ClipInfo, CudaArray, SourceWarning } from '@gimbal/core';
import type { KeptFrames } from '../keepFrames.js';
import type { ErrorWords } from './errorWords.js';

/** What a plane of every frame has in common with the same plane of the others. */
export type PlaneWords = Omit<CudaArray, 'pointer'>;

/** A frame that lies on a device, without what it shares with those before it. */
export interface FrameWords {
  /** What it is called until it is given back. */
  readonly id: number;
  readonly index: number;
  readonly time: number;
  readonly fullRange: boolean;
  /** Where each plane begins. */
  readonly pointers: readonly bigint[];
}

/** What is known of the frames so far. */
export interface SourceState {
  readonly kept: KeptFrames;
  readonly warnings: readonly SourceWarning[];
}

/** What the reading thread must know before the first frame. */
export interface ServedClip extends SourceState {
  /** Frames have this size and format. */
  readonly info: ClipInfo;
  readonly device: string;
}

/** What the thread that makes frames says. */
export type FrameMessage =
  /** Frames of a pass, in order. `planes`: of these and those to come, told when it changes. `kept`: all frames of the pass so far lie there for good. */
  | {
      readonly kind: 'frames';
      readonly pass: number;
      readonly frames: readonly FrameWords[];
      readonly planes?: readonly PlaneWords[] | undefined;
      readonly kept: boolean;
    }
  /** A pass is over and at rest: at its end, stopped, or because of the error. */
  | {
      readonly kind: 'ended';
      readonly pass: number;
      readonly state: SourceState;
      readonly error?: ErrorWords | undefined;
    }
  /** The source is closed; frames that are still out live on until they are given back. */
  | { readonly kind: 'closed'; readonly error?: ErrorWords | undefined };

/** What the thread that reads frames says. `back`: frames that nobody needs any more. */
export type FrameRequest =
  | { readonly kind: 'pass'; readonly pass: number; readonly analysisOnly: boolean }
  /** The consumer has taken so many frames more: as many may follow. */
  | { readonly kind: 'taken'; readonly pass: number; readonly count: number; readonly back: readonly number[] }
  | { readonly kind: 'stop'; readonly pass: number }
  | { readonly kind: 'back'; readonly back: readonly number[] }
  | { readonly kind: 'close' };
