import type { CornerJitter } from '../cornerJitter.js';
import type { DistortionValue } from '../distortionValue.js';
import type { StabilityScore } from '../stabilityScore.js';
import type { TrackedClip } from '../wobble/wobbleMeter.js';
import type { UnmatchedReason } from './frameAligner.js';

/** How one clip moves, measured between its own frames. */
export interface ClipSteadiness extends TrackedClip {
  /** Pixels at 640 width. */
  readonly jitter: CornerJitter;
  readonly stability: {
    readonly dif2021: StabilityScore;
    readonly bundledMin: StabilityScore;
    readonly pathMin: StabilityScore;
  };
  /** Whether the camera does not move at all in any shot. */
  readonly isStatic: boolean;
  /** Pairs of consecutive frames, and those of them that were not measured, that are cuts, that repeat the frame before. */
  readonly pairs: number;
  readonly lostPairs: number;
  readonly cuts: number;
  readonly duplicates: number;
}

/** A frame of the original whose stabilized partner could not be aligned with it. */
export interface UnmatchedFrame {
  readonly index: number;
  /** Seconds. */
  readonly time: number;
  readonly reason: UnmatchedReason;
}

/** Black borders of the stabilized clip. */
export interface BorderSummary {
  /** Fraction of the frames that show a border, i.e. black on more than a thousandth of their area. */
  readonly frameShare: number;
  /** Largest fraction of a frame's area. */
  readonly largest: number;
}

/** One number per frame, to plot. */
export interface EvaluationSeries {
  /** Of each matched frame: its time, inverse scale, the two distortion ratios, black border, correlation of the aligned pictures. */
  readonly time: readonly number[];
  readonly cropping: readonly number[];
  readonly eigenvalueRatio: readonly number[];
  readonly singularValueRatio: readonly number[];
  readonly border: readonly number[];
  readonly correlation: readonly number[];
  /** One per pair of consecutive steps, pixels at 640 width; `null` where a run breaks. */
  readonly jitterOriginal: readonly (number | null)[];
  readonly jitterStabilized: readonly (number | null)[];
}

/** What two clips, one made from the other, measure like. Plain data: it survives JSON. */
export interface Evaluation {
  /** Name of the estimator that measured. */
  readonly referee: string;
  /** Seconds that were added to the stabilized clip's times, because its clock starts elsewhere. */
  readonly clockOffset: number;
  readonly frames: {
    readonly original: number;
    readonly stabilized: number;
    /** Pairs of frames of the same time, and those of them that could be aligned. */
    readonly paired: number;
    readonly matched: number;
    /** Frames of the original without a partner in time, and of the stabilized clip. */
    readonly missing: number;
    readonly added: number;
  };
  readonly original: ClipSteadiness;
  readonly stabilized: ClipSteadiness;
  /** Mean inverse scale, at most 1, over the matched frames. */
  readonly cropping: number;
  /**
   * `local`: how far parts of the picture are bent away from what a homography does, in the twentieth of the cells and frames where it is most; the
   * price of a mesh. Tracks alone are good to about 0.005. `null` where it was not measured.
   */
  readonly distortion: DistortionValue & { readonly local: number | null };
  readonly borders: BorderSummary;
  readonly unmatched: readonly UnmatchedFrame[];
  /** Sentences about what a reader should know: static clips, unmatched frames, borders, lost pairs, unequal counts. */
  readonly verdicts: readonly string[];
  readonly series?: EvaluationSeries;
}
