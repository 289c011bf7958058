// Finds the homography from each original frame to its stabilized picture, and verifies it on the pixels.
import {
  checkedEstimate,
  type EstimateLimits,
  type Estimator,
  globalHomography,
  type Homography,
  type HostFrame,
  type Size,
} from '@gimbal/core';
import {
  composeHomographies,
  invertHomography,
  multiplyHomographies,
  normalizeHomography,
  rescaleHomography,
} from '@gimbal/core/geometry';
import { homographyScale } from '../croppingRatio.js';
import { grayFrame } from '../image/grayFrame.js';
import { imageCorrelation } from '../image/imageCorrelation.js';
import { imageDetail } from '../image/imageDetail.js';
import { type LumaImage, lumaImage, shrinkImage } from '../image/lumaImage.js';
import { warpImage } from '../image/warpImage.js';
import { coarseAlignment } from './coarseAlignment.js';
import { isEvidence } from './isEvidence.js';

/** Width of the thumbnails on which an answer is verified, pixels, and the box that their local mean is taken over. */
const THUMBNAIL = 160;
const DETAIL_RADIUS = 5;
/** What a verified answer must reach: correlation of the detail, share of the frame that both show, grey levels of detail. */
const CORRELATION = 0.5;
const OVERLAP = 0.3;
const CONTRAST = 0.4;
/** Smallest side, in pixels, of frames that can be matched at all. */
const SMALLEST = 16;

export type Alignment =
  | {
      readonly status: 'matched';
      /** Original → stabilized picture, both in pixels of the aligner's size. */
      readonly map: Homography;
      /** Correlation of the moved original's detail with the stabilized frame's, 0.5..1. */
      readonly correlation: number;
    }
  | { readonly status: 'unmatched'; readonly reason: UnmatchedReason };

/** `flat`: one of the pictures has nothing to match; `no-match`: no map makes them look alike. */
export type UnmatchedReason = 'flat' | 'no-match';

/** Motion of the two clips since the frames aligned before, in pixels of the aligner's size. */
export interface MotionSince {
  readonly original: Homography | undefined;
  readonly stabilized: Homography | undefined;
}

/**
 * Finds how each stabilized frame shows its original. A first guess (the answer before, carried on by both clips' motion; failing that a
 * search of zooms and shifts) is refined by the referee, and believed only if the moved original looks like the stabilized frame.
 */
export class FrameAligner {
  private last: Homography | undefined;

  /** Maps are given in pixels of `size`, onto which the frames of both clips are scaled, each axis on its own. */
  constructor(
    private readonly referee: Estimator,
    private readonly size: Size,
    private readonly limits: EstimateLimits,
  ) {}

  async align(original: HostFrame, stabilized: HostFrame, motion: MotionSince): Promise<Alignment> {
    const guess = this.predict(motion);
    this.last = undefined;
    if (Math.min(original.width, original.height, stabilized.width, stabilized.height) < SMALLEST) {
      return { status: 'unmatched', reason: 'flat' };
    }
    const pair = FramePair.prepare(original, stabilized, this.size);
    if (pair.contrast < CONTRAST) return { status: 'unmatched', reason: 'flat' };
    const found =
      (guess && (await this.refine(pair, guess))) ??
      (await this.refine(pair, rescaleHomography(coarseAlignment(pair.source, pair.target), pair.source, this.size)));
    if (found === undefined) return { status: 'unmatched', reason: 'no-match' };
    this.last = found.map;
    return { status: 'matched', ...found };
  }

  private predict({ original, stabilized }: MotionSince): Homography | undefined {
    if (!this.last || !original || !stabilized) return undefined;
    return normalizeHomography(composeHomographies(stabilized, this.last, invertHomography(original)));
  }

  /** The referee's answer near a guess, if it holds: on the frames as they are, else on the original already moved by the guess. */
  private async refine(
    pair: FramePair,
    guess: Homography,
  ): Promise<{ map: Homography; correlation: number } | undefined> {
    const { original, stabilized } = pair;
    if (sameLayout(original, stabilized)) {
      const guessHere = rescaleHomography(guess, this.size, original);
      const field = await checkedEstimate(this.referee, original, stabilized, { ...this.limits, guess: guessHere });
      const map = rescaleHomography(globalHomography(field), original, this.size);
      const correlation = isEvidence(field) ? pair.verify(map) : undefined;
      if (correlation !== undefined) return { map, correlation };
    }
    const here = rescaleHomography(guess, this.size, pair.source);
    const moved = grayFrame(warpImage(pair.source, here, 'replicate'), original.time, original.index);
    const target = grayFrame(pair.target, stabilized.time, stabilized.index);
    const field = await checkedEstimate(this.referee, moved, target, this.limits);
    const map = rescaleHomography(multiplyHomographies(globalHomography(field), here), pair.source, this.size);
    const correlation = isEvidence(field) ? pair.verify(map) : undefined;
    return correlation === undefined ? undefined : { map, correlation };
  }
}

function sameLayout(a: HostFrame, b: HostFrame): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.format.bitDepth === b.format.bitDepth &&
    a.format.shift === b.format.shift &&
    a.fullRange === b.fullRange
  );
}

/** Two frames with their luma at working size and as thumbnails. */
class FramePair {
  private constructor(
    readonly original: HostFrame,
    readonly stabilized: HostFrame,
    readonly source: LumaImage,
    readonly target: LumaImage,
    private readonly sourceDetail: LumaImage,
    private readonly targetDetail: LumaImage,
    private readonly size: Size,
  ) {}

  static prepare(original: HostFrame, stabilized: HostFrame, size: Size): FramePair {
    const shape = (width: number): Size => ({
      width,
      height: Math.max(Math.round((width * size.height) / size.width), SMALLEST),
    });
    const working = shape(Math.round(Math.min(size.width, original.width, stabilized.width)));
    const thumbnail = shape(Math.min(THUMBNAIL, working.width));
    const source = lumaImage(original, working);
    const target = lumaImage(stabilized, working);
    const detail = (image: LumaImage): LumaImage => imageDetail(shrinkImage(image, thumbnail), DETAIL_RADIUS);
    return new FramePair(original, stabilized, source, target, detail(source), detail(target), size);
  }

  /** Grey levels of detail in the flatter thumbnail. */
  get contrast(): number {
    return imageCorrelation(this.sourceDetail, this.targetDetail).contrast;
  }

  /** Correlation of the thumbnails under a map, or nothing where it is too low to believe the map. */
  verify(map: Homography): number | undefined {
    const scale = homographyScale(map);
    if (!(scale > 0.4 && scale < 2.5)) return undefined;
    const here = rescaleHomography(map, this.size, this.targetDetail);
    const moved = warpImage(this.sourceDetail, here, 'nan');
    const { value, overlap, contrast } = imageCorrelation(moved, this.targetDetail);
    return value >= CORRELATION && overlap >= OVERLAP && contrast >= CONTRAST ? value : undefined;
  }
}
