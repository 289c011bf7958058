import type { Refinement, RefineRequest } from './networkMessages.js';
import { chosenStep, isEnough, isSettled, lastOfEachStride } from './stepChoice.js';

/** The steps of several pairs through one order of refinements; each pair may leave out some of its own. */
export interface Courses {
  /** Which pairs take a step. */
  active(step: number): number[];
  /** A pair's corners so far. */
  corners(pair: number): Float32Array;
  /** What the network said of the active pairs, one after the other. Of `inliers` the memory is kept until the results, or the next at that stride. */
  add(
    step: number,
    active: readonly number[],
    corners: Float32Array,
    spreads: Float32Array,
    inliers: Float32Array,
  ): void;
  results(): Refinement[];
}

type CoursesOptions = Pick<RefineRequest, 'pairs' | 'order' | 'brief' | 'enough'>;

interface Course {
  readonly corners: Float32Array[];
  readonly spreads: number[];
  /** Of the last step at each stride. */
  readonly inliers: Map<number, Float32Array>;
  now: Float32Array;
  /** The stride that is done with. */
  done?: number;
  /** Whether all that are left are. */
  over: boolean;
}

export function createCourses({ pairs, order, brief, enough }: CoursesOptions): Courses {
  if (order.length === 0) throw new Error('no step was asked for');
  const courses = pairs.map(
    ({ start }): Course => ({ corners: [], spreads: [], inliers: new Map(), now: start, over: false }),
  );
  const repeat = (course: Course): void => {
    course.corners.push(course.now);
    course.spreads.push(course.spreads[course.spreads.length - 1]);
  };
  return {
    active(step) {
      const skips = (course: Course) => course.over || course.done === order[step];
      courses.filter(skips).forEach(repeat);
      return courses.flatMap((course, k) => (skips(course) ? [] : [k]));
    },
    corners: (pair) => courses[pair].now,
    add(step, active, corners, spreads, inliers) {
      const stride = order[step];
      const cells = inliers.length / active.length;
      for (const [i, k] of active.entries()) {
        const course = courses[k];
        const after = corners.slice(8 * i, 8 * i + 8);
        if (brief && isSettled(stride, course.now, after, spreads[i])) course.done = stride;
        if (brief && isEnough(stride, spreads[i], enough)) course.over = true;
        course.now = after;
        course.corners.push(after);
        course.spreads.push(spreads[i]);
        course.inliers.set(stride, inliers.subarray(i * cells, (i + 1) * cells));
      }
    },
    results: () => courses.map((course) => resultOf(course, order)),
  };
}

function resultOf({ corners, spreads, inliers }: Course, order: readonly number[]): Refinement {
  const chosen = chosenStep(order, spreads);
  // A stride that was left out has none: the finest before it has.
  const map = (inliers.get(order[chosen]) ?? [...inliers.values()].pop()) as Float32Array;
  return {
    corners: [...corners.slice(0, -1), corners[chosen]],
    // A copy of its own: the memory may be shared with other pairs, all of which would travel along.
    inliers: map.slice(),
    cells: Math.sqrt(map.length),
    spread: spreads[chosen],
    spreads: lastOfEachStride(order).map((step) => spreads[step]),
  };
}
