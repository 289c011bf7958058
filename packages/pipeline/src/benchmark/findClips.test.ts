import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findClips } from './findClips.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'gimbal-clips-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folderWith(name: string, files: Record<string, string>): string {
  const folder = path.join(root, name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

const named = (clips: Awaited<ReturnType<typeof findClips>>) => clips.map(({ file, category }) => [file, category]);

describe('findClips', () => {
  it('takes sub-folders for categories, in order, and leaves out what is no clip', async () => {
    const folder = folderWith('plain', {
      'Walk/b.mp4': '',
      'Walk/a.MOV': '',
      'Walk/deep/c.mkv': '',
      'Ride/x.avi': '',
      'top.webm': '',
      'notes.txt': '',
      '.hidden/d.mp4': '',
      'out/e.mp4': '',
    });
    expect(named(await findClips(folder, undefined, path.join(folder, 'out')))).toEqual([
      ['Ride/x.avi', 'Ride'],
      ['Walk/a.MOV', 'Walk'],
      ['Walk/b.mp4', 'Walk'],
      ['Walk/deep/c.mkv', 'Walk'],
      ['top.webm', 'plain'],
    ]);
    expect(named(await findClips(folder, 1, path.join(folder, 'out')))).toEqual([
      ['Ride/x.avi', 'Ride'],
      ['Walk/a.MOV', 'Walk'],
      ['top.webm', 'plain'],
    ]);
  });

  it('goes by the manifest where there is one, also for clips that are not there', async () => {
    const entries = [{ file: 'gone.mp4', category: 'Far' }, { file: 'Walk/a.mp4', frames: 3 }, { file: 'b.bin' }];
    const folder = folderWith('listed', { 'manifest.json': JSON.stringify(entries), 'Walk/a.mp4': '', 'c.mp4': '' });
    const expected = [
      ['gone.mp4', 'Far'],
      ['Walk/a.mp4', 'Walk'],
      ['b.bin', 'listed'],
    ];
    expect(named(await findClips(folder))).toEqual(expected);
    expect(named(await findClips(path.join(folder, 'manifest.json')))).toEqual(expected);
  });

  it.each([
    ['no list', '{}', /it is not a list/],
    ['no JSON', '[', /manifest\.json: .*expected a JSON list/],
    ['no file', '[{"category": "A"}]', /entry 0 names no file/],
    ['a category that is no text', '[{"file": "a.mp4", "category": 3}]', /category of "a\.mp4"/],
    ['a clip twice', '[{"file": "a.mp4"}, {"file": "./a.mp4"}]', /"\.\/a\.mp4" is listed twice/],
  ])('refuses a manifest with %s', async (name, text, message) => {
    const folder = folderWith(`broken ${name}`, { 'manifest.json': text });
    await expect(findClips(folder)).rejects.toMatchObject({
      code: 'GIMBAL_E_CONFIG',
      message: expect.stringMatching(message),
    });
  });

  it('says that there is nothing', async () => {
    const code = 'GIMBAL_E_INPUT_NOT_FOUND';
    await expect(findClips(path.join(root, 'nowhere'))).rejects.toMatchObject({ code });
    await expect(findClips(folderWith('empty', { 'a.txt': '' }))).rejects.toMatchObject({ code });
    await expect(findClips(folderWith('none', { 'manifest.json': '[]' }))).rejects.toMatchObject({ code });
  });
});
