import type { Size } from './frame.js';

/**
 * How far a correction may go. The output shows a window of the frame that is `1 − maxCrop` of its width and height; no corner of
 * that window may leave the frame, and no correction may stretch the picture out of its shape by more than `maxDistortion`.
 */
export interface CropBudget {
  readonly size: Size;
  /** Fraction of width and height that may be given up: 0 (nothing) to just under 1. */
  readonly maxCrop: number;
  /** Largest deviation from 1 of the ratio of the two singular values of a correction's linear part. */
  readonly maxDistortion: number;
}
