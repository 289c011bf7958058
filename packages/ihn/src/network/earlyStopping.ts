// When a stride of the network has converged.

/** Strides from here on are coarse: they are refined several times, and their answer is only the start of the next. */
const COARSE = 4;

/** Largest corner displacement of a step, and largest predicted error, as shares of the stride, for a stride to count as converged. */
const SMALL_MOVE = 0.3;
const SMALL_SPREAD = 0.1;

/**
 * Whether a stride has converged: the next stride reaches far beyond what is left to correct.
 * @param before Corners before the step, in grid pixels.
 * @param after And after it.
 * @param expectedError The error that the network predicts.
 */
export function hasConverged(
  stride: number,
  before: Float32Array,
  after: Float32Array,
  expectedError: number,
): boolean {
  if (stride < COARSE || !(expectedError < SMALL_SPREAD * stride)) return false;
  for (let k = 0; k < after.length; k += 2) {
    if (!(Math.hypot(after[k] - before[k], after[k + 1] - before[k + 1]) < SMALL_MOVE * stride)) return false;
  }
  return true;
}

/**
 * Whether the error is within what a later stage can correct.
 * @param expectedError The error that the network predicts, in grid pixels.
 * @param tolerance The error that the later stage can start from; `undefined` if there is none.
 */
export function isWithinTolerance(stride: number, expectedError: number, tolerance: number | undefined): boolean {
  return tolerance !== undefined && stride < COARSE && expectedError < tolerance;
}

/** Index of the last step at each stride. */
export function lastOfEachStride(order: readonly number[]): number[] {
  return order.flatMap((stride, i) => (order[i + 1] === stride ? [] : [i]));
}

/** Growth of the predicted error from a stride to the next from which that stride has made the answer worse. */
const WORSE = 1.2;

/** The coarser answer is preferred only if its predicted error is below this share of its stride. */
const PRECISE = 0.2;

/**
 * The step to answer with: the last, unless the predicted error grew at both of the two finest strides. Where blur has removed the detail
 * that they need, the stride before them is more accurate.
 * @param order The stride of each step.
 * @param expectedErrors The error predicted after each.
 */
export function chosenStep(order: readonly number[], expectedErrors: readonly number[]): number {
  const last = order.length - 1;
  const [coarse, middle, fine] = lastOfEachStride(order).slice(-3);
  if (fine === undefined || order[coarse] > COARSE) return last;
  const grew =
    expectedErrors[fine] > WORSE * expectedErrors[middle] && expectedErrors[middle] > WORSE * expectedErrors[coarse];
  return grew && expectedErrors[coarse] < PRECISE * order[coarse] ? coarse : last;
}
