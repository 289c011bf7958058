import path from 'node:path';
import type { HostFrame } from '@gimbal/core';
import { expect, it } from 'vitest';
import { openVideo, pixelFormat } from './index.js';
import { makeClip, readAll, scratchFolder } from './testClips.js';

/** Samples of one channel of a plane, without padding. */
function channelOf({ planes }: HostFrame, plane: number, channel = 0): number[] {
  const { data, width, height, stride, channels } = planes[plane];
  return Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return data[y * stride + x * channels + channel];
  });
}

it('the same clip comes in host memory in the format in which a device decodes it', async () => {
  const file = path.join(scratchFolder(), 'clip.mkv');
  await makeClip(file, { codec: 'ffv1', frames: 3 });
  const source = await openVideo(file);
  const other = source.inHostMemory(pixelFormat('nv12'));
  expect([source.info.format.name, other.info.format.name]).toEqual(['yuv420p', 'nv12']);
  const wanted: number[][][] = [];
  await readAll(source, (frame) => {
    wanted.push([channelOf(frame, 0), channelOf(frame, 1), channelOf(frame, 2)]);
  });
  const found: number[][][] = [];
  await readAll(other, (frame) => {
    expect([frame.format.name, frame.planes.length]).toEqual(['nv12', 2]);
    found.push([channelOf(frame, 0), channelOf(frame, 1), channelOf(frame, 1, 1)]);
  });
  expect(found).toHaveLength(3);
  expect(found).toEqual(wanted);
  expect(new Set(found[0][0]).size).toBeGreaterThan(10);
  await Promise.all([source.close(), other.close()]);
});
