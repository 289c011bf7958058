import type { Frame } from '../frame/frame.js';
import { homographyToParameters, parametersToHomography } from '../geometry/motionParameters.js';
import { checkedEstimate, type EstimateLimits } from './checkedEstimate.js';
import { globalHomography } from './clipMotion.js';
import type { Estimator } from './estimator.js';
import { type MotionField, motionField } from './motionField.js';

/** Frames that may lie between two that still belong together: a flash or a glitch is rarely longer. */
export const LONGEST_DROPOUT = 4;

/** Confidence given to motion that was measured across a gap and shared out over its frames. */
const BRIDGED = 0.5;

/** Why the answers of such frames are weak. */
const ACROSS = 'the frames between do not match: measured from the frame before to the frame after';

/** Watches for runs of steps that failed and bridges them from a frame kept from before. */
export class DropoutBridge {
  private anchor: Frame | undefined;
  private first = 0;

  constructor(
    private readonly estimator: Estimator,
    private readonly limits: EstimateLimits,
    private readonly steps: MotionField[],
  ) {}

  /** Whether the step to come may be part of a gap. */
  get open(): boolean {
    return this.anchor !== undefined;
  }

  /** The frame that an open gap began with. */
  get start(): number | undefined {
    return this.open ? this.first : undefined;
  }

  /** Goes on with a gap that an earlier part of the analysis left open: it began with `anchor`, frame `first` of the clip. Keeps a clone. */
  reopen(anchor: Frame, first: number): void {
    this.anchor = anchor.clone();
    this.first = first;
  }

  /** Called after each step, whose field is the last of `steps`. True if the estimator was asked about other frames. */
  async follow(previous: Frame, current: Frame): Promise<boolean> {
    const last = this.steps.length - 1;
    const { verdict } = this.steps[last];
    if (verdict === 'ok' && !this.mayReturn(last)) this.close();
    if (verdict === 'ok' || verdict === 'duplicate') return false;
    if (this.anchor === undefined) {
      this.anchor = previous.clone();
      this.first = last;
      return false;
    }
    if (last - this.first > LONGEST_DROPOUT) {
      this.close();
      return false;
    }
    const across = await checkedEstimate(this.estimator, this.anchor, current, this.limits);
    if (across.verdict === 'ok' || across.verdict === 'duplicate') {
      this.distribute(across, last);
      this.close();
    }
    return true;
  }

  /** Whether the frames since a cut are still few enough to be a glitch that matches itself, such as a flash of two frames. */
  private mayReturn(last: number): boolean {
    return this.anchor !== undefined && this.steps[this.first].verdict === 'cut' && last - this.first < LONGEST_DROPOUT;
  }

  /** Replaces the steps of the gap by equal parts of the motion across it. */
  private distribute(across: MotionField, last: number): void {
    const count = last - this.first + 1;
    const whole = homographyToParameters(globalHomography(across), across.size);
    if (whole === undefined) return;
    const part = parametersToHomography(
      whole.map((value) => value / count),
      across.size,
    );
    for (let i = this.first; i <= last; i++) {
      this.steps[i] = motionField({
        size: across.size,
        homographies: part,
        confidence: Math.min(across.confidence, BRIDGED),
        verdict: 'weak',
        model: across.model,
        reason: ACROSS,
      });
    }
  }

  close(): void {
    this.anchor?.close();
    this.anchor = undefined;
  }
}
