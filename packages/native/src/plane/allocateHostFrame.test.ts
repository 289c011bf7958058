import { expect, test } from 'vitest';
import { formatNamed } from '../testFrames.js';
import { allocateHostFrame } from './allocateHostFrame.js';

const init = { time: 1.5, index: 3 };

test('planes have the sizes of the format, rounded up', () => {
  const sizes = (name: string) =>
    allocateHostFrame(formatNamed(name), { width: 5, height: 3 }, init).planes.map((p) => [
      p.width,
      p.height,
      p.channels,
    ]);
  expect(sizes('yuv420p')).toEqual([
    [5, 3, 1],
    [3, 2, 1],
    [3, 2, 1],
  ]);
  expect(sizes('yuv422p')).toEqual([
    [5, 3, 1],
    [3, 3, 1],
    [3, 3, 1],
  ]);
  expect(sizes('nv12')).toEqual([
    [5, 3, 1],
    [3, 2, 2],
  ]);
  expect(sizes('gray')).toEqual([[5, 3, 1]]);
});

test('rows fit their stride and the data', () => {
  for (const plane of allocateHostFrame(formatNamed('p010le'), { width: 101, height: 7 }, init).planes) {
    expect(plane.stride).toBeGreaterThanOrEqual(plane.width * plane.channels * plane.bytesPerSample);
    expect(plane.data.length).toBe(plane.stride * plane.height);
  }
});

test('each handle is closed by itself', () => {
  const frame = allocateHostFrame(formatNamed('gray'), { width: 4, height: 4 }, init);
  const second = frame.clone();
  frame.close();
  frame.close();
  expect(() => frame.planes).toThrow(expect.objectContaining({ code: 'GIMBAL_E_INVALID_ARGUMENT' }));
  expect(second.memory === 'host' && second.planes[0].width).toBe(4);
  expect([second.time, second.index]).toEqual([1.5, 3]);
  expect(() => allocateHostFrame(frame.format, { width: 0, height: 4 }, init)).toThrow(/1×1/);
});
