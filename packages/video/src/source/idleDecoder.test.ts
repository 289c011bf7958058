import path from 'node:path';
import type { CodecContext } from 'node-av/lib';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeClip, scratchFolder } from '../testClips.js';
import { IdleDecoder } from './idleDecoder.js';
import { PictureDecoder } from './pictureDecoder.js';

const folder = scratchFolder();
const file = path.join(folder, 'clip.mp4');

beforeAll(async () => {
  await makeClip(file);
});

/** Reads the first pictures of the file, luma and time stamp. */
async function pictures(resting?: IdleDecoder, most = Number.POSITIVE_INFINITY): Promise<[bigint, Buffer][]> {
  const decoder = await PictureDecoder.open(file, { threads: 2, resting });
  const found: [bigint, Buffer][] = [];
  while (found.length < most) {
    const picture = await decoder.next();
    if (picture === undefined) break;
    found.push([picture.bestEffortTimestamp, Buffer.from((picture.data as Buffer[])[0])]);
    picture.free();
  }
  await decoder.close();
  return found;
}

/** What rests there; it rests again. */
function resident(resting: IdleDecoder): CodecContext | undefined {
  const codec = resting.take();
  if (codec !== undefined) resting.rest(codec);
  return codec;
}

describe('a decoder that rests between passes', () => {
  test('gives every pass what a new one gives, also after a pass that was left early', async () => {
    const wanted = await pictures();
    const resting = new IdleDecoder();
    expect((await pictures(resting, 1))[0]).toEqual(wanted[0]);
    const codec = resident(resting);
    expect(codec?.isOpen).toBe(true);
    for (let pass = 0; pass < 2; pass++) expect(await pictures(resting)).toEqual(wanted);
    expect(resident(resting)).toBe(codec);
    resting.close();
    expect(resident(resting)).toBeUndefined();
  });

  test('serves one pass at a time; the other has its own', async () => {
    const wanted = await pictures();
    const resting = new IdleDecoder();
    expect(await Promise.all([pictures(resting), pictures(resting)])).toEqual([wanted, wanted]);
    resting.close();
  });

  test('does not rest where nobody asks for it any more', async () => {
    const resting = new IdleDecoder();
    const reading = pictures(resting);
    resting.close();
    await reading;
    expect(resident(resting)).toBeUndefined();
  });
});
