import { expect, test } from 'vitest';
import { createRefinementStates } from './refinementStates.js';

const pair = { previous: { key: 0 }, current: { key: 1 }, start: new Float32Array(8) };
const corners = (...shifts: number[]) => Float32Array.from(shifts.flatMap((shift) => new Array<number>(8).fill(shift)));

test('each pair leaves out steps of its own, and every step has its corners', () => {
  const state = createRefinementStates({ pairs: [pair, pair], order: [8, 8, 4, 1], earlyStop: true });
  expect(state.active(0)).toEqual([0, 1]);
  state.add(0, [0, 1], corners(1, 20), Float32Array.of(0.5, 0.5), new Float32Array(8));
  expect(state.active(1)).toEqual([1]);
  state.add(1, [1], corners(21), Float32Array.of(0.7), new Float32Array(4));
  expect(state.active(2)).toEqual([0, 1]);
  expect([state.corners(0)[0], state.corners(1)[0]]).toEqual([1, 21]);
  state.add(2, [0, 1], corners(2, 22), Float32Array.of(0.2, 0.3), new Float32Array(32).fill(0.25));
  state.active(3);
  state.add(3, [0, 1], corners(3, 23), Float32Array.of(0.1, 0.2), new Float32Array(32).fill(0.5));
  const [first, second] = state.results();
  expect(first.corners.map(([x]) => x)).toEqual([1, 1, 2, 3]);
  expect(second.corners.map(([x]) => x)).toEqual([20, 21, 22, 23]);
  expect(second.expectedErrors.map((expectedError) => Number(expectedError.toFixed(3)))).toEqual([0.7, 0.3, 0.2]);
  expect(first).toMatchObject({ cells: 4, inliers: new Float32Array(16).fill(0.5) });
});

test('nothing is left out unless that is allowed', () => {
  const state = createRefinementStates({ pairs: [pair], order: [8, 8], earlyStop: false });
  state.active(0);
  state.add(0, [0], corners(0), Float32Array.of(0.01), new Float32Array(4));
  expect(state.active(1)).toEqual([0]);
});

test('the last corners are those of the step that answers, with its inliers', () => {
  const state = createRefinementStates({ pairs: [pair], order: [4, 2, 1], earlyStop: true });
  for (const [step, expectedError] of [0.3, 0.6, 0.9].entries()) {
    state.active(step);
    state.add(step, [0], corners(step + 1), Float32Array.of(expectedError), new Float32Array(4 ** (step + 1)));
  }
  const [{ corners: steps, cells, expectedError }] = state.results();
  expect(steps.map(([x]) => x)).toEqual([1, 2, 1]);
  expect(cells).toBe(2);
  expect(expectedError).toBeCloseTo(0.3);
});

test('the finest strides are left out where something follows that needs no better start', () => {
  const request = { pairs: [pair, pair], order: [4, 2, 1], earlyStop: true, tolerance: 0.2 };
  const state = createRefinementStates(request);
  state.active(0);
  state.add(0, [0, 1], corners(1, 11), Float32Array.of(0.1, 0.6), new Float32Array(2 * 4));
  // A coarse stride is not believed, however sure it is.
  expect(state.active(1)).toEqual([0, 1]);
  state.add(1, [0, 1], corners(2, 12), Float32Array.of(0.1, 0.3), new Float32Array(2 * 16).fill(0.5));
  expect(state.active(2)).toEqual([1]);
  state.add(2, [1], corners(13), Float32Array.of(0.2), new Float32Array(64));
  const [first, second] = state.results();
  expect([first.corners.map(([x]) => x), first.cells]).toEqual([[1, 2, 2], 4]);
  expect(first.expectedErrors.map((expectedError) => Number(expectedError.toFixed(3)))).toEqual([0.1, 0.1, 0.1]);
  expect([second.corners.map(([x]) => x), second.cells]).toEqual([[11, 12, 13], 8]);
  const whole = createRefinementStates({ ...request, earlyStop: false });
  whole.active(0);
  whole.add(0, [0, 1], corners(1, 11), Float32Array.of(0.1, 0.6), new Float32Array(8));
  whole.active(1);
  whole.add(1, [0, 1], corners(2, 12), Float32Array.of(0.1, 0.3), new Float32Array(32));
  expect(whole.active(2)).toEqual([0, 1]);
});

test('an order without steps is refused', () => {
  expect(() => createRefinementStates({ pairs: [pair], order: [], earlyStop: true })).toThrow('no step');
});
