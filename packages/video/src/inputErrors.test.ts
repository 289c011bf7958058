import { chmodSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import { describe, expect, it } from 'vitest';
import { createVideoSink, openVideo, videoInfo } from './index.js';
import { ffmpeg, hasFfmpeg, makeClip, readAll, scratchFolder } from './testClips.js';

const folder = scratchFolder();
const inFolder = (name: string) => path.join(folder, name);

async function openingError(file: string): Promise<GimbalError> {
  const error: unknown = await openVideo(file).then(
    () => new Error('it opened'),
    (reason: unknown) => reason,
  );
  if (!GimbalError.isInstance(error)) throw error;
  return error;
}

describe('openVideo says what is wrong with', () => {
  it('a file that is not there', async () => {
    const error = await openingError(inFolder('absent.mp4'));
    expect(error.code).toBe('GIMBAL_E_INPUT_NOT_FOUND');
    expect(error.message).toContain('absent.mp4');
  });

  it('a directory', async () => {
    mkdirSync(inFolder('folder.mp4'));
    const error = await openingError(inFolder('folder.mp4'));
    expect(error.code).toBe('GIMBAL_E_INPUT_UNREADABLE');
    expect(error.message).toContain('directory');
  });

  it('an empty file', async () => {
    writeFileSync(inFolder('empty.mp4'), '');
    const error = await openingError(inFolder('empty.mp4'));
    expect(error.code).toBe('GIMBAL_E_INPUT_UNREADABLE');
    expect(error.message).toContain('empty');
  });

  // The superuser may read everything.
  it.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    await makeClip(inFolder('secret.mp4'));
    chmodSync(inFolder('secret.mp4'), 0o000);
    expect((await openingError(inFolder('secret.mp4'))).code).toBe('GIMBAL_E_INPUT_UNREADABLE');
  });

  it.each(['text.mp4', 'text.txt', 'text.nfo', 'text.srt'])('a text file named %s', async (name) => {
    writeFileSync(inFolder(name), '1\n00:00:01,000 --> 00:00:02,000\nThis is a text, not a film.\n\n'.repeat(40));
    const error = await openingError(inFolder(name));
    expect(error.code).toBe('GIMBAL_E_INPUT_NOT_VIDEO');
  });

  it('a playlist that names another file', async () => {
    await makeClip(inFolder('listed.mp4'));
    writeFileSync(inFolder('list.m3u8'), '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/listed.mp4\n#EXT-X-ENDLIST\n');
    expect(['GIMBAL_E_INPUT_NOT_VIDEO', 'GIMBAL_E_INPUT_UNSUPPORTED']).toContain(
      (await openingError(inFolder('list.m3u8'))).code,
    );
  });

  it.skipIf(!hasFfmpeg)('a file that holds sound only, with and without a cover picture', async () => {
    ffmpeg(`-f lavfi -i sine=d=1 ${inFolder('sound.m4a')}`);
    const error = await openingError(inFolder('sound.m4a'));
    expect(error.code).toBe('GIMBAL_E_INPUT_NOT_VIDEO');
    expect(error.message).toContain('sound only');
    ffmpeg(
      `-i ${inFolder('sound.m4a')} -f lavfi -i testsrc=d=0.04 -map 0 -map 1 -c:a copy -c:v mjpeg -pix_fmt yuvj420p -disposition:v attached_pic ${inFolder('cover.m4a')}`,
    );
    expect((await openingError(inFolder('cover.m4a'))).code).toBe('GIMBAL_E_INPUT_NOT_VIDEO');
  });

  it('an mp4 file that lost its index', async () => {
    await makeClip(inFolder('whole.mp4'));
    const bytes = readFileSync(inFolder('whole.mp4'));
    const index = bytes.indexOf('moov') - 4;
    const length = bytes.readUInt32BE(index);
    writeFileSync(inFolder('no-moov.mp4'), Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + length)]));
    const error = await openingError(inFolder('no-moov.mp4'));
    expect(error.code).toBe('GIMBAL_E_INPUT_TRUNCATED');
    expect(error.message).toContain('moov');
  });
});

describe('a file that ends early', () => {
  it.each(['mp4', 'mkv'])('is read as far as it goes, with a warning (%s)', async (extension) => {
    const file = inFolder(`long.${extension}`);
    await makeClip(file, { frames: 100, width: 160, height: 120 });
    const whole = await openVideo(file);
    expect((await readAll(whole)).count).toBe(100);
    expect(whole.warnings).toEqual([]);
    await whole.close();
    truncateSync(file, Math.round(readFileSync(file).length * 0.6));
    const cut = await openVideo(file);
    const { count } = await readAll(cut);
    expect(count).toBeGreaterThan(20);
    expect(count).toBeLessThan(80);
    expect(cut.warnings.map(({ code }) => code)).toContain('truncated');
    const before = cut.warnings.length;
    await readAll(cut);
    expect(cut.warnings).toHaveLength(before);
    await cut.close();
    const strict = await openVideo(file, { allowTruncated: false });
    await expect(readAll(strict)).rejects.toMatchObject({ code: 'GIMBAL_E_INPUT_TRUNCATED' });
    await strict.close();
  });
});

it('a name is a file name, whatever it looks like', async () => {
  for (const name of ['concat:a|b.mp4', 'http:__x.mp4', 'frame-%03d.mp4', "it's [1] é.mp4"]) {
    await makeClip(inFolder(name), { frames: 2 });
    expect(await videoInfo(inFolder(name))).toMatchObject({ codec: 'h264', frameCount: 2 });
  }
});

it('one frame and two frames are clips', async () => {
  for (const frames of [1, 2]) {
    const file = inFolder(`${frames}.mp4`);
    await makeClip(file, { frames });
    const source = await openVideo(file);
    expect((await readAll(source)).count).toBe(frames);
    expect(source.warnings).toEqual([]);
    await source.close();
  }
});

it('reading can be cancelled', async () => {
  const file = inFolder('cancel.mp4');
  await makeClip(file, { frames: 60 });
  const source = await openVideo(file);
  const abort = new AbortController();
  let seen = 0;
  const reading = (async () => {
    for await (const frame of source.frames({ signal: abort.signal })) {
      frame.close();
      if (++seen === 5) abort.abort();
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  expect(seen).toBe(5);
  await source.close();
  await expect(openVideo(file, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'GIMBAL_E_CANCELLED' });
  expect(() => createVideoSink(file, { source, overwrite: true })).toThrow(/is the input/);
});

it('pictures of which the decoder made up a part are counted, and whole ones are not', async () => {
  const file = inFolder('whole.ts.mkv');
  await makeClip(file, { width: 320, height: 240, frames: 12, codec: 'h264', crf: 24 });
  const bytes = readFileSync(file);
  const damaged = inFolder('concealed.mkv');
  // In the middle of the coded pictures, far from the headers.
  for (let at = Math.round(bytes.length * 0.6); at < bytes.length * 0.6 + 400; at += 7) bytes[at] ^= 0x5a;
  writeFileSync(damaged, bytes);
  const warningsOf = async (name: string) => {
    const source = await openVideo(name);
    const { count } = await readAll(source);
    expect(count).toBe(12);
    await source.close();
    return source.warnings;
  };
  expect(await warningsOf(file)).toEqual([]);
  expect(await warningsOf(damaged)).toMatchObject([
    { code: 'corrupt', message: expect.stringMatching(/pictures are damaged/) },
  ]);
});
