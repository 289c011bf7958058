import { checkedEstimate, type EstimateLimits } from './checkedEstimate.js';
import { type ClipMotion, globalHomography } from './clipMotion.js';
import { GimbalError, throwIfAborted } from './errors.js';
import type { Estimator } from './estimator.js';
import type { Frame } from './frame.js';
import type { FrameSource } from './frameSource.js';
import { homographyToParameters, parametersToHomography } from './geometry/motionParameters.js';
import { type MotionField, motionField } from './motionField.js';
import type { OnProgress } from './progress.js';

/** Frames that may lie between two that still belong together: a flash or a glitch is rarely longer. */
const LONGEST_GAP = 4;

/** Confidence given to motion that was measured across a gap and shared out over its frames. */
const BRIDGED = 0.5;

/** What {@link analyze} works on. */
export interface AnalyzeOptions extends EstimateLimits {
  readonly source: FrameSource;
  readonly estimator: Estimator;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Measures the camera's motion through a clip. Where frames do not match their neighbours on either side (a flash, a glitch, a few black
 * frames), the frame before is compared with the frame after, and what moved is shared out over the gap.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_VIDEO` when there is no frame at all; what {@link checkedEstimate} throws.
 */
export async function analyze(options: AnalyzeOptions): Promise<ClipMotion> {
  const { source, estimator, signal, onProgress } = options;
  const times: number[] = [];
  const steps: MotionField[] = [];
  const gap = new Gap(estimator, options, steps);
  let previous: Frame | undefined;
  try {
    for await (const frame of source.frames({ signal, analysisOnly: true })) {
      times.push(frame.time);
      if (previous !== undefined) {
        try {
          throwIfAborted(signal);
          steps.push(await checkedEstimate(estimator, previous, frame, options));
          await gap.follow(previous, frame);
        } catch (error) {
          frame.close();
          throw error;
        }
        previous.close();
      }
      previous = frame;
      onProgress?.({ stage: 'analyze', done: times.length, total: source.info.frameCount });
    }
  } finally {
    previous?.close();
    gap.close();
  }
  if (times.length === 0)
    throw new GimbalError('GIMBAL_E_INPUT_NOT_VIDEO', 'The input has no frame that could be decoded.');
  const { width, height } = source.info;
  return { size: { width, height }, times: Float64Array.from(times), steps, estimator: estimator.name };
}

/** Watches for runs of steps that failed and bridges them from a frame kept from before. */
class Gap {
  private anchor: Frame | undefined;
  private first = 0;

  constructor(
    private readonly estimator: Estimator,
    private readonly limits: EstimateLimits,
    private readonly steps: MotionField[],
  ) {}

  /** Called after each step, whose field is the last of `steps`. */
  async follow(previous: Frame, current: Frame): Promise<void> {
    const last = this.steps.length - 1;
    const { verdict } = this.steps[last];
    if (verdict === 'ok' && !this.mayReturn(last)) return this.close();
    if (verdict === 'ok' || verdict === 'duplicate') return;
    if (this.anchor === undefined) {
      this.anchor = previous.clone();
      this.first = last;
      return;
    }
    if (last - this.first > LONGEST_GAP) return this.close();
    const across = await checkedEstimate(this.estimator, this.anchor, current, this.limits);
    if (across.verdict !== 'ok' && across.verdict !== 'duplicate') return;
    this.shareOut(across, last);
    this.close();
  }

  /** Whether the frames since a cut are still few enough to be a glitch that matches itself, such as a flash of two frames. */
  private mayReturn(last: number): boolean {
    return this.anchor !== undefined && this.steps[this.first].verdict === 'cut' && last - this.first < LONGEST_GAP;
  }

  /** Replaces the steps of the gap by equal parts of the motion across it. */
  private shareOut(across: MotionField, last: number): void {
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
      });
    }
  }

  close(): void {
    this.anchor?.close();
    this.anchor = undefined;
  }
}
