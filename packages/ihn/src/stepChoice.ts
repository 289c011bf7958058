/** A stride from here on is coarse: it is refined at several times, and its answer is only the start of the next. */
const COARSE = 4;

/** Shares of a stride: how far a step may still have moved a corner, and what error may be expected of it, for its stride to be done with. */
const SMALL_MOVE = 0.3;
const SMALL_SPREAD = 0.1;

/**
 * Whether further steps at this stride would bring nothing, because the next stride sees far beyond what is left to correct.
 * @param before Corners before the step, in grid pixels.
 * @param after And after it.
 * @param spread The error that the network expects of it.
 */
export function isSettled(stride: number, before: Float32Array, after: Float32Array, spread: number): boolean {
  if (stride < COARSE || !(spread < SMALL_SPREAD * stride)) return false;
  for (let k = 0; k < after.length; k += 2) {
    if (!(Math.hypot(after[k] - before[k], after[k + 1] - before[k + 1]) < SMALL_MOVE * stride)) return false;
  }
  return true;
}

/**
 * Whether what follows the network may take over after this step.
 * @param spread The error that the network expects, in grid pixels.
 * @param enough The error that what follows can start from; `undefined` where nothing follows.
 */
export function isEnough(stride: number, spread: number, enough: number | undefined): boolean {
  return enough !== undefined && stride < COARSE && spread < enough;
}

/** Where the last step at each stride stands in the order. */
export function lastOfEachStride(order: readonly number[]): number[] {
  return order.flatMap((stride, i) => (order[i + 1] === stride ? [] : [i]));
}

/** By how much the expected error must grow from a stride to the next for that one to have made things worse. */
const WORSE = 1.2;

/** Share of its stride that the coarser answer's expected error must stay below to be preferred. */
const PRECISE = 0.2;

/**
 * The step to answer with. That is the last, unless the expected error grew at both of the two finest strides: where blur has taken the
 * detail that they look at, the stride before them knows the corners better.
 * @param order The stride of each step.
 * @param spreads The error that the network expects after each.
 */
export function chosenStep(order: readonly number[], spreads: readonly number[]): number {
  const last = order.length - 1;
  const [coarse, middle, fine] = lastOfEachStride(order).slice(-3);
  if (fine === undefined || order[coarse] > COARSE) return last;
  const grew = spreads[fine] > WORSE * spreads[middle] && spreads[middle] > WORSE * spreads[coarse];
  return grew && spreads[coarse] < PRECISE * order[coarse] ? coarse : last;
}
