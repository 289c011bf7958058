import type { Frame } from '@gimbal/core';
import { expect, test } from 'vitest';
import { frameOf } from '../../test/scene.js';
import { type GridPicture, gridPicture } from './gridPicture.js';
import { createPreparedFrames } from './preparedFrames.js';

const frames = Array.from({ length: 12 }, (_, i) => frameOf({ width: 8, height: 8 }, () => 10 * i));

function watched(pass: (frame: Frame) => Promise<GridPicture> = (frame) => gridPicture(frame, 1)) {
  const forgotten: number[] = [];
  let passes = 0;
  const prepared = createPreparedFrames(
    (frame) => {
      passes++;
      return pass(frame);
    },
    ({ key }) => forgotten.push(key),
  );
  return { prepared, forgotten, passes: () => passes };
}

test('a clip costs one preparation per frame', async () => {
  const { prepared, passes } = watched();
  for (let i = 1; i < frames.length; i++) {
    const keys = await prepared.during([frames[i - 1], frames[i]], async (both) => both.map(({ key }) => key));
    expect(keys).toEqual([i - 1, i]);
  }
  expect(passes()).toBe(frames.length);
});

test('only the last few stay, and what is in use always does', async () => {
  const { prepared, forgotten, passes } = watched();
  await prepared.during(frames, async () => {
    await prepared.during([frames[0]], async () => undefined);
    expect(forgotten).toEqual([]);
  });
  await Promise.resolve();
  expect(forgotten.length).toBe(frames.length - 6);
  await prepared.during([frames[1]], async () => undefined);
  expect(passes()).toBe(frames.length + 1);
  prepared.clear();
  await Promise.resolve();
  expect(forgotten.length).toBe(frames.length + 1);
});

test('what is in use is not forgotten before its time, and after that nothing is remembered', async () => {
  const { prepared, forgotten } = watched();
  await prepared.during([frames[0]], async () => {
    await prepared.during([frames[1]], async () => undefined);
    prepared.clear();
    await Promise.resolve();
    expect(forgotten).toEqual([1]);
  });
  await Promise.resolve();
  expect(forgotten).toEqual([1, 0]);
});

test('two pairs at once share a frame’s preparation', async () => {
  const { prepared, passes } = watched();
  await Promise.all([
    prepared.during([frames[0], frames[1]], async () => undefined),
    prepared.during([frames[1], frames[2]], async () => undefined),
  ]);
  expect(passes()).toBe(3);
});

test('a frame that could not be read is tried again', async () => {
  let fail = true;
  const { prepared, forgotten } = watched((frame) => (fail ? Promise.reject(new Error('no')) : gridPicture(frame, 1)));
  await expect(prepared.during([frames[0]], async () => undefined)).rejects.toThrow('no');
  fail = false;
  await prepared.during([frames[0]], async ([{ picture }]) => expect(picture.deviation).toBe(0));
  expect(forgotten).toEqual([]);
});
