import path from 'node:path';
import { expect, it } from 'vitest';
import { openVideo } from './index.js';
import { makeClip, readAll, scratchFolder } from './testClips.js';

const folder = scratchFolder();

// x265 now and then gives such films a time to decode that it never set, and the container refused their pictures.
it.each([
  ['h264', 1, 4],
  ['h264', 2, 4],
  ['h265', 1, 24],
  ['h265', 2, 24],
  ['h265', 3, 4],
] as const)('in %s a film of %i pictures has them, every time', async (codec, frames, rounds) => {
  const found: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const file = path.join(folder, `${codec}-${frames}-${round}.mp4`);
    await makeClip(file, { codec, frames, preset: 'medium' });
    const source = await openVideo(file);
    found.push((await readAll(source)).count);
    await source.close();
  }
  expect(found).toEqual(Array(rounds).fill(frames));
});
