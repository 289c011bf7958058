import { expect, test } from 'vitest';
import { formatNamed, frameOf } from '../testFrames.js';
import { floatPlane } from './floatPlane.js';
import { pyramidDown, resizeArea } from './planeOperations.js';

test('resizeArea takes the mean, in 8-bit units at any depth', async () => {
  for (const name of ['gray', 'yuv420p10le', 'p010le']) {
    const format = formatNamed(name);
    const unit = 1 << (format.bitDepth - 8);
    const frame = frameOf(format, { width: 9, height: 6 }, (_, x, y) => (10 * x + y) * unit);
    const small = await resizeArea(frame.planes[0], format, { width: 3, height: 2 });
    expect([...small.data]).toEqual([11, 41, 71, 14, 44, 74].map((mean) => expect.closeTo(mean, 4)));
    const fractional = await resizeArea(frame.planes[0], format, { width: 2, height: 1 }, { threads: 1 });
    // Columns 0 to 3 and half of column 4; then the rest.
    expect([...fractional.data]).toEqual([expect.closeTo(80 / 4.5 + 2.5, 4), expect.closeTo(280 / 4.5 + 2.5, 4)]);
  }
});

test('pyramidDown keeps a flat plane, rounds sizes up and reuses a plane', async () => {
  const source = floatPlane(7, 5);
  source.data.fill(42.5);
  const into = floatPlane(4, 3);
  expect(await pyramidDown(source, { into })).toBe(into);
  expect([...into.data]).toEqual(new Array(12).fill(42.5));
});

test('impossible sizes are refused', async () => {
  const frame = frameOf(formatNamed('gray'), { width: 8, height: 8 }, () => 1);
  const invalid = { code: 'GIMBAL_E_INVALID_ARGUMENT' };
  await expect(resizeArea(frame.planes[0], frame.format, { width: 9, height: 8 })).rejects.toThrow(/shrinks/);
  await expect(resizeArea(frame.planes[0], frame.format, { width: 0, height: 8 })).rejects.toMatchObject(invalid);
  await expect(pyramidDown(floatPlane(8, 8), { into: floatPlane(8, 8) })).rejects.toThrow(/4×4/);
  await expect(pyramidDown({ ...floatPlane(2, 2), width: 200 })).rejects.toMatchObject(invalid);
});
