import { expect, test } from 'vitest';
import { refinementOrder, type Schedule } from './refinementOrder.js';

const trained: Schedule = [
  [8, 2],
  [4, 2],
  [2, 1],
];

test('as trained, fewer from the front, more at the finest, or so many at each stride', () => {
  expect(refinementOrder(trained, undefined)).toEqual([8, 8, 4, 4, 2]);
  expect(refinementOrder(trained, 3)).toEqual([8, 8, 4]);
  expect(refinementOrder(trained, 7)).toEqual([8, 8, 4, 4, 2, 2, 2]);
  expect(refinementOrder(trained, [1, 0, 3])).toEqual([8, 2, 2, 2]);
});

test('a list for another number of strides is refused', () => {
  expect(() => refinementOrder(trained, [2, 2])).toThrow(
    expect.objectContaining({
      code: 'GIMBAL_E_INVALID_ARGUMENT',
      message: expect.stringMatching(/8, 4, 2.*\[2, 2\]/),
    }),
  );
});
