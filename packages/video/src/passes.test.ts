import path from 'node:path';
import type { Frame, HostFrame } from '@gimbal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openVideo } from './index.js';
import { makeClip, readAll, scratchFolder, wrongSamples } from './testClips.js';

const folder = scratchFolder();
const file = path.join(folder, 'clip.mkv');
const FRAMES = 24;

beforeAll(async () => {
  await makeClip(file, { codec: 'ffv1', frames: FRAMES });
});

const mebibytes = () => process.memoryUsage().rss / 2 ** 20;

describe('passes', () => {
  it('begin at the first frame after one that was left early', async () => {
    const source = await openVideo(file);
    for await (const frame of source.frames()) {
      frame.close();
      if (frame.index === 3) break;
    }
    expect((await readAll(source)).count).toBe(FRAMES);
    expect((await readAll(source)).count).toBe(FRAMES);
    await source.close();
  });

  it('may overlap', async () => {
    const source = await openVideo(file);
    const [a, b, c] = await Promise.all([readAll(source), readAll(source), readAll(source)]);
    expect([a.count, b.count, c.count]).toEqual([FRAMES, FRAMES, FRAMES]);
    expect(b.times).toEqual(a.times);
    await source.close();
  });
});

describe('frames', () => {
  it('live until each handle is closed, and say so afterwards', async () => {
    const source = await openVideo(file);
    const kept: HostFrame[] = [];
    for await (const frame of source.frames()) {
      kept.push(frame.clone() as HostFrame);
      frame.close();
      frame.close();
      expect(() => (frame as HostFrame).planes).toThrow(/after it was closed/);
    }
    await source.close();
    for (const frame of kept) {
      expect(wrongSamples(frame)).toBe(0);
      frame.close();
    }
  });

  it('are not decoded far ahead of a slow consumer', async () => {
    const source = await openVideo(file);
    const frames = source.frames();
    const first = (await frames.next()).value as Frame;
    first.close();
    await source.close();
    await expect(frames.next()).rejects.toThrow(/closed/);
  });
});

it('memory does not grow with the number of frames', async () => {
  const long = path.join(folder, 'long.mkv');
  await makeClip(long, { width: 640, height: 360, frames: 150, preset: 'ultrafast' });
  const source = await openVideo(long);
  const pass = async () => {
    for await (const frame of source.frames()) {
      const copy = frame.clone();
      frame.close();
      copy.close();
    }
  };
  await pass();
  const before = mebibytes();
  for (let i = 0; i < 6; i++) await pass();
  // Those 900 frames take 300 MiB if they are kept.
  expect(mebibytes() - before).toBeLessThan(60);
  await source.close();
});

it('the event loop is free while a clip is decoded', async () => {
  const big = path.join(folder, 'big.mp4');
  await makeClip(big, { width: 1280, height: 720, frames: 30, preset: 'ultrafast' });
  const source = await openVideo(big);
  await readAll(source);
  const before = performance.eventLoopUtilization();
  const { count } = await readAll(source);
  const { active } = performance.eventLoopUtilization(before);
  expect(count).toBe(30);
  expect(active / count).toBeLessThan(5);
  await source.close();
});
