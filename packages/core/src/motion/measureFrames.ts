import { throwIfAborted } from '../errors.js';
import type { Frame } from '../frame/frame.js';
import { type PrefetchedFrames, prefetchFrames } from '../run/prefetchFrames.js';
import { checkedEstimates, type EstimateLimits } from './checkedEstimate.js';
import { checkTime } from './checkTime.js';
import { compactFields } from './compactFields.js';
import { DropoutBridge } from './dropout.js';
import type { Estimator } from './estimator.js';
import type { MotionField } from './motionField.js';

/** Frames that were met, and the steps between them. */
export interface MeasuredFrames {
  readonly times: number[];
  readonly steps: MotionField[];
  readonly keep: (field: MotionField) => MotionField;
  /** The frame that a gap began with which is still open; absent when none is. */
  openGap?: number | undefined;
}

export function noFramesYet(): MeasuredFrames {
  return { times: [], steps: [], keep: compactFields() };
}

/** Whom {@link measureFrames} tells how it goes. */
export interface MeasuringWatch {
  /** So many frames, from the first, have a step that will not change any more; the last ones may still turn out to be part of a gap. */
  onMeasured(settled: number): void;
  /** No more will be measured. The frames that are on their way still come, and are awaited. */
  onFailed?(error: unknown): void;
}

/** The first frame that must be read again to go on after what was measured: the last one, or the one that an open gap began with. */
export function resumesAt({ times, openGap }: MeasuredFrames): number {
  return openGap ?? Math.max(0, times.length - 1);
}

/**
 * Adds frames to those that were measured, from the frame after them on. When it fails, `measured` ends where another call can go on.
 * @param again Whether `frames` begin with the one that {@link resumesAt} tells instead, to go on from a part that did not fail.
 * @throws GimbalError `GIMBAL_E_MOTION_FILE` when the frames read again are not those that were measured; what frames and estimator throw.
 */
export async function measureFrames(
  frames: AsyncIterable<Frame>,
  estimator: Estimator,
  measured: MeasuredFrames,
  options: EstimateLimits,
  watch: MeasuringWatch,
  again = false,
): Promise<void> {
  const { times, steps, keep } = measured;
  const gap = new DropoutBridge(estimator, options, steps);
  const batch = estimator.estimateBatch === undefined ? 1 : Math.max(1, estimator.batch ?? 1);
  // While one batch is measured the next one comes.
  const reader = prefetchFrames(frames, batch > 1 ? batch : 0);
  const open: Frame[] = [];
  try {
    if (again) await readAgain(reader, measured, gap, open);
    for (;;) {
      const come = await reader.take(batch);
      if (come.length === 0) break;
      open.push(...come);
      times.push(...come.map(({ time }) => time));
      const first = steps.length;
      await measure(open, estimator, options, steps, gap);
      for (let i = first; i < steps.length; i++) steps[i] = keep(steps[i]);
      for (const frame of open.splice(0, open.length - 1)) frame.close();
      watch.onMeasured((gap.start ?? steps.length) + 1);
    }
    measured.openGap = gap.start;
  } catch (error) {
    // The frame before the step that is missing comes again, and so does the one that a gap began with.
    times.length = Math.min(times.length, gap.start ?? steps.length);
    steps.length = times.length;
    measured.openGap = undefined;
    watch.onFailed?.(error);
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
  gap: DropoutBridge,
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

/** Reads the frames from where an open gap began, or just the last one, once more, and leaves the last in `open`: the next is compared with it. */
async function readAgain(
  reader: PrefetchedFrames,
  measured: MeasuredFrames,
  gap: DropoutBridge,
  open: Frame[],
): Promise<void> {
  const { times, openGap } = measured;
  for (let index = resumesAt(measured); index < times.length; index++) {
    for (const frame of open.splice(0)) frame.close();
    open.push(...(await reader.take(1)));
    checkTime(open[0], times[index], index);
    if (index === openGap) gap.reopen(open[0], index);
  }
}
