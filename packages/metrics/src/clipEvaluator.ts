import {
  composeHomographies,
  type EstimateLimits,
  type Estimator,
  GimbalError,
  type Homography,
  type HostFrame,
  normalizeHomography,
  type Size,
} from '@gimbal/core';
import { blackBorderFraction } from './blackBorderFraction.js';
import { croppingRatio, homographyScale } from './croppingRatio.js';
import { distortionValue, eigenvalueRatio, singularValueRatio } from './distortionValue.js';
import type { Evaluation, EvaluationSeries, UnmatchedFrame } from './evaluation.js';
import { evaluationVerdicts } from './evaluationVerdicts.js';
import { FrameAligner } from './frameAligner.js';
import { hostFrame } from './lumaImage.js';
import type { FrameMatch } from './matchFrames.js';
import { MotionTrack } from './motionTrack.js';

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
  private cut = false;

  constructor(
    private readonly referee: Estimator,
    private readonly size: Size,
    stabilizedSize: Size,
    limits: EstimateLimits,
  ) {
    this.original = new MotionTrack(referee, size, limits);
    this.stabilized = new MotionTrack(referee, stabilizedSize, limits);
    this.aligner = new FrameAligner(referee, size, limits);
  }

  /** Owns the frames from here on. */
  async take({ original, stabilized }: FrameMatch): Promise<void> {
    if (original) {
      this.counts.original++;
      try {
        if ((await this.original.advance(original)) === 'cut') this.cut = true;
      } catch (error) {
        stabilized?.close();
        throw error;
      }
    }
    if (stabilized) {
      this.counts.stabilized++;
      await this.stabilized.advance(stabilized, this.cut);
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
      original: this.original.steadiness(),
      stabilized: this.stabilized.steadiness(),
      cropping: croppingRatio(maps),
      distortion: distortionValue(maps),
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
