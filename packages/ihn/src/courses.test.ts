import { expect, test } from 'vitest';
import { createCourses } from './courses.js';

const pair = { previous: { key: 0 }, current: { key: 1 }, start: new Float32Array(8) };
const corners = (...shifts: number[]) => Float32Array.from(shifts.flatMap((shift) => new Array<number>(8).fill(shift)));

test('each pair leaves out steps of its own, and every step has its corners', () => {
  const course = createCourses({ pairs: [pair, pair], order: [8, 8, 4, 1], brief: true });
  expect(course.active(0)).toEqual([0, 1]);
  course.add(0, [0, 1], corners(1, 20), Float32Array.of(0.5, 0.5), new Float32Array(8));
  expect(course.active(1)).toEqual([1]);
  course.add(1, [1], corners(21), Float32Array.of(0.7), new Float32Array(4));
  expect(course.active(2)).toEqual([0, 1]);
  expect([course.corners(0)[0], course.corners(1)[0]]).toEqual([1, 21]);
  course.add(2, [0, 1], corners(2, 22), Float32Array.of(0.2, 0.3), new Float32Array(32).fill(0.25));
  course.active(3);
  course.add(3, [0, 1], corners(3, 23), Float32Array.of(0.1, 0.2), new Float32Array(32).fill(0.5));
  const [first, second] = course.results();
  expect(first.corners.map(([x]) => x)).toEqual([1, 1, 2, 3]);
  expect(second.corners.map(([x]) => x)).toEqual([20, 21, 22, 23]);
  expect(second.spreads.map((spread) => Number(spread.toFixed(3)))).toEqual([0.7, 0.3, 0.2]);
  expect(first).toMatchObject({ cells: 4, inliers: new Float32Array(16).fill(0.5) });
});

test('nothing is left out unless that is allowed', () => {
  const course = createCourses({ pairs: [pair], order: [8, 8], brief: false });
  course.active(0);
  course.add(0, [0], corners(0), Float32Array.of(0.01), new Float32Array(4));
  expect(course.active(1)).toEqual([0]);
});

test('the last corners are those of the step that answers, with its inliers', () => {
  const course = createCourses({ pairs: [pair], order: [4, 2, 1], brief: true });
  for (const [step, spread] of [0.3, 0.6, 0.9].entries()) {
    course.active(step);
    course.add(step, [0], corners(step + 1), Float32Array.of(spread), new Float32Array(4 ** (step + 1)));
  }
  const [{ corners: steps, cells, spread }] = course.results();
  expect(steps.map(([x]) => x)).toEqual([1, 2, 1]);
  expect(cells).toBe(2);
  expect(spread).toBeCloseTo(0.3);
});

test('the finest strides are left out where something follows that needs no better start', () => {
  const request = { pairs: [pair, pair], order: [4, 2, 1], brief: true, enough: 0.2 };
  const course = createCourses(request);
  course.active(0);
  course.add(0, [0, 1], corners(1, 11), Float32Array.of(0.1, 0.6), new Float32Array(2 * 4));
  // A coarse stride is not believed, however sure it is.
  expect(course.active(1)).toEqual([0, 1]);
  course.add(1, [0, 1], corners(2, 12), Float32Array.of(0.1, 0.3), new Float32Array(2 * 16).fill(0.5));
  expect(course.active(2)).toEqual([1]);
  course.add(2, [1], corners(13), Float32Array.of(0.2), new Float32Array(64));
  const [first, second] = course.results();
  expect([first.corners.map(([x]) => x), first.cells]).toEqual([[1, 2, 2], 4]);
  expect(first.spreads.map((spread) => Number(spread.toFixed(3)))).toEqual([0.1, 0.1, 0.1]);
  expect([second.corners.map(([x]) => x), second.cells]).toEqual([[11, 12, 13], 8]);
  const whole = createCourses({ ...request, brief: false });
  whole.active(0);
  whole.add(0, [0, 1], corners(1, 11), Float32Array.of(0.1, 0.6), new Float32Array(8));
  whole.active(1);
  whole.add(1, [0, 1], corners(2, 12), Float32Array.of(0.1, 0.3), new Float32Array(32));
  expect(whole.active(2)).toEqual([0, 1]);
});

test('an order without steps is refused', () => {
  expect(() => createCourses({ pairs: [pair], order: [], brief: true })).toThrow('no step');
});
