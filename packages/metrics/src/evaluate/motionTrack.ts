import {
  checkedEstimate,
  type EstimateLimits,
  type Estimator,
  type Frame,
  globalHomography,
  type Homography,
  type Size,
} from '@gimbal/core';
import {
  identityHomography,
  multiplyHomographies,
  normalizeHomography,
  rescaleHomography,
} from '@gimbal/core/geometry';
import { jitterPerFrame } from '../cornerJitter.js';
import { clipSteadiness, type MotionSteadiness } from './clipSteadiness.js';
import { isEvidence } from './isEvidence.js';
import type { MotionStep } from './motionStep.js';

/** The motion of one clip, measured frame by frame, in pixels of `size`. Owns the frames it is given. */
export class MotionTrack {
  private readonly steps: MotionStep[] = [];
  private duplicates = 0;
  private previous: Frame | undefined;
  private since: Homography | undefined = identityHomography();

  constructor(
    private readonly referee: Estimator,
    private readonly size: Size,
    private readonly limits: EstimateLimits,
  ) {}

  /**
   * Takes the next frame over and resolves with the step that led to it. Where cuts are known from another clip, `afterCut` says
   * whether one lies before this frame, and what only the referee takes for a cut is a lost pair.
   */
  async advance(frame: Frame, afterCut?: boolean): Promise<MotionStep | undefined> {
    const previous = this.previous;
    this.previous = frame;
    if (previous === undefined) return undefined;
    try {
      let step = afterCut ? 'cut' : await this.measure(previous, frame);
      if (step === 'cut' && afterCut === false) step = 'lost';
      this.steps.push(step);
      this.since =
        typeof step === 'string' || !this.since
          ? undefined
          : normalizeHomography(multiplyHomographies(step, this.since));
      return step;
    } finally {
      previous.close();
    }
  }

  /** Motion since the last call, as far as it could be measured without a break. */
  takeMotion(): Homography | undefined {
    const motion = this.since;
    this.since = identityHomography();
    return motion;
  }

  steadiness(): MotionSteadiness {
    return clipSteadiness(this.steps, this.duplicates, this.size);
  }

  /** Pixels per pair of consecutive steps; `null` where the run breaks. */
  jitter(): (number | null)[] {
    return jitterPerFrame(this.steps, this.size).map((value) => value ?? null);
  }

  close(): void {
    this.previous?.close();
    this.previous = undefined;
  }

  private async measure(previous: Frame, frame: Frame): Promise<MotionStep> {
    if (previous.width !== frame.width || previous.height !== frame.height) return 'lost';
    const field = await checkedEstimate(this.referee, previous, frame, this.limits);
    if (field.verdict === 'cut') return 'cut';
    if (field.verdict === 'duplicate') this.duplicates++;
    if (!isEvidence(field)) return 'lost';
    return rescaleHomography(globalHomography(field), frame, this.size);
  }
}
