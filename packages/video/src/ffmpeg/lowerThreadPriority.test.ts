import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVideoSink } from '../sink/createVideoSink.js';
import { PictureDecoder } from '../source/pictureDecoder.js';
import { formatNamed, makeClip, scratchFolder } from '../testClips.js';
import { threads } from './lowerThreadPriority.js';

const folder = scratchFolder();
const file = path.join(folder, 'clip.mp4');
const main = process.pid;

/** The priorities of the threads that came while `work` ran and are still there. */
async function cameMeanwhile(work: () => Promise<unknown>): Promise<number[]> {
  const before = new Set(threads());
  await work();
  return threads()
    .filter((thread) => !before.has(thread))
    .map((thread) => os.getPriority(Number(thread)));
}

// Elsewhere threads have no priority of their own.
describe.runIf(process.platform === 'linux')('the threads of a codec (Linux)', () => {
  const closing: (() => Promise<unknown>)[] = [];

  // Encodes and decodes, so that libuv's threads are there.
  beforeAll(() => makeClip(file));
  afterAll(() => Promise.all(closing.map((close) => close())));

  it('stand back where a decoder starts them', async () => {
    const priority = os.getPriority(main);
    const came = await cameMeanwhile(async () => {
      const decoder = await PictureDecoder.open(file, { threads: 2 });
      closing.push(() => decoder.close());
    });
    expect(came).toEqual([priority + 5, priority + 5]);
    expect(os.getPriority(main)).toBe(priority);
  });

  it('stand back where an encoder starts them', async () => {
    const priority = os.getPriority(main);
    const format = formatNamed('yuv420p');
    const sink = createVideoSink(path.join(folder, 'out.mp4'), { source: { format, frameRate: 25 }, threads: 2 });
    const came = await cameMeanwhile(async () => {
      await sink.open({ width: 64, height: 48 });
      closing.push(() => sink.abort());
    });
    expect(came.length).toBeGreaterThanOrEqual(2);
    expect(new Set(came)).toEqual(new Set([priority + 5]));
    expect(os.getPriority(main)).toBe(priority);
  });
});
