import { chosenStep, hasConverged, isWithinTolerance, lastOfEachStride } from './earlyStopping.js';
import type { Refinement, RefineRequest } from './networkMessages.js';

/** Refinement of several pairs through one order of strides; each pair may skip steps of its own. */
export interface RefinementStates {
  /** Which pairs take a step. */
  active(step: number): number[];
  /** A pair's corners so far. */
  corners(pair: number): Float32Array;
  /** Adds the network's output for the active pairs, one after the other. Keeps a reference to `inliers` until the results, or the next step at that stride. */
  add(
    step: number,
    active: readonly number[],
    corners: Float32Array,
    expectedErrors: Float32Array,
    inliers: Float32Array,
  ): void;
  results(): Refinement[];
}

type RefinementStatesOptions = Pick<RefineRequest, 'pairs' | 'order' | 'earlyStop' | 'tolerance'>;

interface RefinementState {
  readonly corners: Float32Array[];
  readonly expectedErrors: number[];
  /** Of the last step at each stride. */
  readonly inliers: Map<number, Float32Array>;
  now: Float32Array;
  /** The stride that has converged. */
  done?: number;
  /** Whether all remaining steps are skipped. */
  over: boolean;
}

export function createRefinementStates({
  pairs,
  order,
  earlyStop,
  tolerance,
}: RefinementStatesOptions): RefinementStates {
  if (order.length === 0) throw new Error('no step was asked for');
  const states = pairs.map(
    ({ start }): RefinementState => ({ corners: [], expectedErrors: [], inliers: new Map(), now: start, over: false }),
  );
  const repeat = (state: RefinementState): void => {
    state.corners.push(state.now);
    state.expectedErrors.push(state.expectedErrors[state.expectedErrors.length - 1]);
  };
  return {
    active(step) {
      const skips = (state: RefinementState) => state.over || state.done === order[step];
      states.filter(skips).forEach(repeat);
      return states.flatMap((state, k) => (skips(state) ? [] : [k]));
    },
    corners: (pair) => states[pair].now,
    add(step, active, corners, expectedErrors, inliers) {
      const stride = order[step];
      const cells = inliers.length / active.length;
      for (const [i, k] of active.entries()) {
        const state = states[k];
        const after = corners.slice(8 * i, 8 * i + 8);
        if (earlyStop && hasConverged(stride, state.now, after, expectedErrors[i])) state.done = stride;
        if (earlyStop && isWithinTolerance(stride, expectedErrors[i], tolerance)) state.over = true;
        state.now = after;
        state.corners.push(after);
        state.expectedErrors.push(expectedErrors[i]);
        state.inliers.set(stride, inliers.subarray(i * cells, (i + 1) * cells));
      }
    },
    results: () => states.map((state) => resultOf(state, order)),
  };
}

function resultOf({ corners, expectedErrors, inliers }: RefinementState, order: readonly number[]): Refinement {
  const chosen = chosenStep(order, expectedErrors);
  // A stride that was left out has none: the finest before it has.
  const map = (inliers.get(order[chosen]) ?? [...inliers.values()].pop()) as Float32Array;
  return {
    corners: [...corners.slice(0, -1), corners[chosen]],
    // A copy of its own: the memory may be shared with other pairs, all of which would travel along.
    inliers: map.slice(),
    cells: Math.sqrt(map.length),
    expectedError: expectedErrors[chosen],
    expectedErrors: lastOfEachStride(order).map((step) => expectedErrors[step]),
  };
}
