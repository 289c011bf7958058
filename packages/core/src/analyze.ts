import { checkedEstimate, checkedEstimates, type EstimateLimits } from './checkedEstimate.js';
import { type ClipMotion, globalHomography } from './clipMotion.js';
import { GimbalError, throwIfAborted } from './errors.js';
import type { Estimator } from './estimator.js';
import { type Fallback, framesFrom, Parts } from './fallback.js';
import { fieldKeeper } from './fieldKeeper.js';
import type { Frame } from './frame.js';
import type { FrameSource } from './frameSource.js';
import { readAhead } from './framesAhead.js';
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
  /** What goes on when a CUDA device fails on the way; without it the analysis fails too. */
  readonly fallback?: Fallback | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * Measures the camera's motion through a clip. Where frames do not match their neighbours on either side (a flash, a glitch, a few black
 * frames), the frame before is compared with the frame after, and what moved is shared out over the gap.
 * @throws GimbalError `GIMBAL_E_INPUT_NOT_VIDEO` when there is no frame at all; what {@link checkedEstimate} throws.
 */
export async function analyze(options: AnalyzeOptions): Promise<ClipMotion> {
  return analyzeWith(new Parts(options, options.fallback), options);
}

/** The same with parts that may have been replaced before, or are on the way. */
export async function analyzeWith(parts: Parts, options: PassOptions): Promise<ClipMotion> {
  const found: Found = { times: [], steps: [], keep: fieldKeeper() };
  for (;;) {
    try {
      await pass(parts, options, found);
      break;
    } catch (error) {
      await parts.takeOver(error, 'analyze', found.times.length);
    }
  }
  const { times, steps } = found;
  if (times.length === 0)
    throw new GimbalError('GIMBAL_E_INPUT_NOT_VIDEO', 'The input has no frame that could be decoded.');
  const { width, height } = parts.source.info;
  return { size: { width, height }, times: Float64Array.from(times), steps, estimator: parts.estimator.name };
}

type PassOptions = EstimateLimits & Pick<AnalyzeOptions, 'onProgress'>;

/** Frames that were met, and the steps between them. */
interface Found {
  readonly times: number[];
  readonly steps: MotionField[];
  readonly keep: (field: MotionField) => MotionField;
}

/** Goes on from the frame after those found. When it fails, `found` ends where another pass can go on. */
async function pass(parts: Parts, options: PassOptions, found: Found): Promise<void> {
  const { source, estimator } = parts;
  const { signal, onProgress } = options;
  const { times, steps, keep } = found;
  const gap = new Gap(estimator, options, steps);
  const batch = estimator.estimateBatch === undefined ? 1 : Math.max(1, estimator.batch ?? 1);
  // While one batch is measured the next one comes.
  const frames = framesFrom(source, times.length, { signal, analysisOnly: true });
  const reader = readAhead(frames, batch > 1 ? batch : 0);
  const open: Frame[] = [];
  try {
    for (;;) {
      const come = await reader.take(batch);
      if (come.length === 0) break;
      open.push(...come);
      times.push(...come.map(({ time }) => time));
      const first = steps.length;
      await measure(open, estimator, options, steps, gap);
      for (let i = first; i < steps.length; i++) steps[i] = keep(steps[i]);
      for (const frame of open.splice(0, open.length - 1)) frame.close();
      onProgress?.({ stage: 'analyze', done: times.length, total: source.info.frameCount });
    }
  } catch (error) {
    // The frame before the step that is missing comes again, and so does the one that a gap began with.
    times.length = Math.min(times.length, gap.start ?? steps.length);
    steps.length = times.length;
    throw error;
  } finally {
    for (const frame of open) frame.close();
    gap.close();
    await reader.close();
  }
}

/** Adds the steps between neighbouring frames, several at once as far as the answers are those of one by one. */
async function measure(
  frames: readonly Frame[],
  estimator: Estimator,
  options: EstimateLimits,
  steps: MotionField[],
  gap: Gap,
): Promise<void> {
  let at = 0;
  while (at + 1 < frames.length) {
    throwIfAborted(options.signal);
    // Within a gap the next question depends on the last answer.
    const count = gap.open ? 1 : frames.length - 1 - at;
    const pairs = Array.from({ length: count }, (_, i) => [frames[at + i], frames[at + i + 1]] as const);
    for (const field of await checkedEstimates(estimator, pairs, options)) {
      steps.push(field);
      const asked = await gap.follow(frames[at], frames[at + 1]);
      at++;
      // The estimator has met other frames in between: what it said of later pairs is not what it would say now.
      if (asked) break;
    }
  }
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

  /** Whether the step to come may be part of a gap. */
  get open(): boolean {
    return this.anchor !== undefined;
  }

  /** The frame that an open gap began with. */
  get start(): number | undefined {
    return this.open ? this.first : undefined;
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
    if (last - this.first > LONGEST_GAP) {
      this.close();
      return false;
    }
    const across = await checkedEstimate(this.estimator, this.anchor, current, this.limits);
    if (across.verdict === 'ok' || across.verdict === 'duplicate') {
      this.shareOut(across, last);
      this.close();
    }
    return true;
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
