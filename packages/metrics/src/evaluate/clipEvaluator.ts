// Evaluates a stabilized clip against its original, frame by frame, with bounded memory.
import {
  type EstimateLimits,
  type Estimator,
  GimbalError,
  type Homography,
  type HostFrame,
  type Size,
} from '@gimbal/core';
import { composeHomographies, normalizeHomography, rescaleHomography } from '@gimbal/core/geometry';
import { blackBorderFraction } from '../blackBorderFraction.js';
import { croppingRatio, homographyScale } from '../croppingRatio.js';
import { distortionValue, eigenvalueRatio, singularValueRatio } from '../distortionValue.js';
import { hostFrame, type LumaImage, lumaImage } from '../image/lumaImage.js';
import { warpImage } from '../image/warpImage.js';
import { quantile } from '../quantile.js';
import { localDistortion } from '../wobble/localDistortion.js';
import { type TrackedClip, untracked, WobbleMeter } from '../wobble/wobbleMeter.js';
import type { Evaluation, EvaluationSeries, UnmatchedFrame } from './evaluation.js';
import { evaluationVerdicts } from './evaluationVerdicts.js';
import { FrameAligner } from './frameAligner.js';
import type { FrameMatch } from './matchFrames.js';
import { MotionTrack } from './motionTrack.js';

/** Of the matched frames every so many-th is searched for local distortion. */
const LOCAL_EVERY = 10;

/** Fraction of a frame's area from which a black border counts as visible. */
const VISIBLE_BORDER = 0.001;

interface MatchedFrame {
  readonly time: number;
  /** Original → stabilized, pixels of the analysis size. */
  readonly map: Homography;
  readonly correlation: number;
  readonly border: number;
}

/** Takes a clip's matched frames one after the other and sums them up at the end. */
export class ClipEvaluator {
  readonly counts = { original: 0, stabilized: 0, paired: 0 };
  private readonly original: MotionTrack;
  private readonly stabilized: MotionTrack;
  private readonly aligner: FrameAligner;
  private readonly matched: MatchedFrame[] = [];
  private readonly unmatched: UnmatchedFrame[] = [];
  private readonly borders: number[] = [];
  private readonly tracks: { readonly original: WobbleMeter; readonly stabilized: WobbleMeter } | undefined;
  private readonly bends: number[] = [];
  private cut = false;

  constructor(
    private readonly referee: Estimator,
    private readonly size: Size,
    private readonly stabilizedSize: Size,
    limits: EstimateLimits,
    /** Frames a second of both clips, where points are to be tracked through them. */
    tracked?: { readonly original: number; readonly stabilized: number },
  ) {
    this.original = new MotionTrack(referee, size, limits);
    this.stabilized = new MotionTrack(referee, stabilizedSize, limits);
    this.aligner = new FrameAligner(referee, size, limits);
    if (tracked !== undefined) {
      this.tracks = {
        original: new WobbleMeter(tracked.original),
        stabilized: new WobbleMeter(tracked.stabilized),
      };
    }
  }

  /** Owns the frames from here on. */
  async take({ original, stabilized }: FrameMatch): Promise<void> {
    if (original) {
      this.counts.original++;
      try {
        const cut = (await this.original.advance(original)) === 'cut';
        if (cut) this.cut = true;
        this.tracks?.original.take(trackedLuma(hostFrame(original), this.size), cut);
      } catch (error) {
        stabilized?.close();
        throw error;
      }
    }
    if (stabilized) {
      this.counts.stabilized++;
      await this.stabilized.advance(stabilized, this.cut);
      this.tracks?.stabilized.take(trackedLuma(hostFrame(stabilized), this.stabilizedSize), this.cut);
      this.cut = false;
    }
    if (original && stabilized) {
      this.counts.paired++;
      await this.measurePair(hostFrame(original), hostFrame(stabilized));
    }
  }

  close(): void {
    this.original.close();
    this.stabilized.close();
  }

  private async measurePair(original: HostFrame, stabilized: HostFrame): Promise<void> {
    const alignment = await this.aligner.align(original, stabilized, {
      original: this.original.takeMotion(),
      stabilized: this.stabilized.takeMotion(),
    });
    const { index, time } = original;
    if (alignment.status === 'unmatched') {
      this.unmatched.push({ index, time, reason: alignment.reason });
      this.borders.push(blackBorderFraction(stabilized, { frame: original }));
      return;
    }
    const { map, correlation } = alignment;
    const border = blackBorderFraction(stabilized, {
      frame: original,
      alignment: mapBetween(map, this.size, original, stabilized),
    });
    this.borders.push(border);
    if (this.tracks !== undefined && this.matched.length % LOCAL_EVERY === 0) {
      const source = trackedLuma(original, this.size);
      const moved = warpImage(source, rescaleHomography(map, this.size, source), 'replicate');
      this.bends.push(...localDistortion(moved, lumaImage(stabilized, source)));
    }
    this.matched.push({ time, map, correlation, border });
  }

  /** @throws GimbalError `GIMBAL_E_INPUT_NOT_VIDEO` or `GIMBAL_E_UNMATCHED`, see `evaluateClip`. */
  finish(clockOffset: number, series: boolean): Evaluation {
    const { counts, matched, unmatched } = this;
    this.checkMatched();
    const maps = matched.map(({ map }) => map);
    const body = {
      referee: this.referee.name,
      clockOffset,
      frames: {
        ...counts,
        matched: matched.length,
        missing: counts.original - counts.paired,
        added: counts.stabilized - counts.paired,
      },
      original: { ...this.original.steadiness(), ...tracked(this.tracks?.original) },
      stabilized: { ...this.stabilized.steadiness(), ...tracked(this.tracks?.stabilized) },
      cropping: croppingRatio(maps),
      distortion: { ...distortionValue(maps), local: this.bends.length === 0 ? null : quantile(this.bends, 0.95) },
      borders: {
        frameShare: this.borders.filter((share) => share > VISIBLE_BORDER).length / this.borders.length,
        largest: this.borders.reduce((a, b) => Math.max(a, b), 0),
      },
      unmatched,
      ...(series ? { series: this.series() } : {}),
    };
    return { ...body, verdicts: evaluationVerdicts(body) };
  }

  private checkMatched(): void {
    const { original, stabilized } = this.counts;
    if (original === 0 || stabilized === 0) {
      throw new GimbalError(
        'GIMBAL_E_INPUT_NOT_VIDEO',
        `Both clips need frames to be compared; the original has ${original}, the stabilized clip ${stabilized}.`,
      );
    }
    if (2 * this.matched.length >= original) return;
    throw new GimbalError(
      'GIMBAL_E_UNMATCHED',
      `Only ${this.matched.length} of ${original} frames of the original were found again in the stabilized clip ` +
        `(${this.counts.paired} had a frame of the same time); check that the second clip was made from the first.`,
    );
  }

  private series(): EvaluationSeries {
    const each = (pick: (frame: MatchedFrame) => number): number[] => this.matched.map(pick);
    return {
      time: each(({ time }) => time),
      cropping: each(({ map }) => 1 / homographyScale(map)),
      eigenvalueRatio: each(({ map }) => eigenvalueRatio(map)),
      singularValueRatio: each(({ map }) => singularValueRatio(map)),
      border: each(({ border }) => border),
      correlation: each(({ correlation }) => correlation),
      jitterOriginal: this.original.jitter(),
      jitterStabilized: this.stabilized.jitter(),
    };
  }
}

/** What points are tracked on: a frame's luma in the shape of `size`, 640 wide or as wide as the frame where that is less. */
function trackedLuma(frame: HostFrame, size: Size): LumaImage {
  const width = Math.min(Math.round(size.width), frame.width);
  return lumaImage(frame, { width, height: Math.max(1, Math.round((width * size.height) / size.width)) });
}

function tracked(meter: WobbleMeter | undefined): TrackedClip {
  return meter === undefined ? untracked : meter.finish();
}

/** A map between two pictures of `size`, in pixels of frames that may each have another size. */
function mapBetween(map: Homography, size: Size, from: Size, to: Size): Homography {
  const down = resizing(from, size);
  const up = resizing(size, to);
  return normalizeHomography(composeHomographies(up, map, down));
}

/** Coordinates of a frame of one size to those of its resized copy, pixel centres on integers. */
function resizing(from: Size, to: Size): Homography {
  const sx = to.width / from.width;
  const sy = to.height / from.height;
  return Float64Array.of(sx, 0, (sx - 1) / 2, 0, sy, (sy - 1) / 2, 0, 0, 1);
}
