import { expect, test } from 'vitest';
import { frameOf, shot } from '../../../packages/ihn/test/scene.js';
import { createRegression } from './createRegression.js';

test('the regression is an estimator', async () => {
  const regression = await createRegression({ threads: 1 });
  const size = { width: 200, height: 120 };
  const [a, b] = [0, 3].map((x) => shot(size, 2, Float64Array.of(1, 0, x, 0, 1, 0, 0, 0, 1)));
  const { field, corners, inliers } = await regression.trace(a, b);
  expect(field).toMatchObject({ rows: 1, cols: 1, size });
  expect([corners.length, corners[0].length, inliers]).toEqual([1, 8, undefined]);
  expect((await regression.estimate(a, a)).verdict).toBe('duplicate');
  expect(
    (
      await regression.estimate(
        frameOf(size, () => 5),
        a,
      )
    ).verdict,
  ).toBe('weak');
  const [first, second] = await regression.estimateBatch([
    [a, b],
    [b, a],
  ]);
  expect([...first.homographies]).toEqual([...field.homographies].map((value) => expect.closeTo(value, 4)));
  expect(second.size).toEqual(size);
  await regression.dispose();
});
