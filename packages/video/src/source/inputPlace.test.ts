import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { inputPlace } from './inputPlace.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gimbal-place-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const name of ['f0017.png', 'f0018.png', 'f3.png', 'f00001.png', 'g9.png', 'g10.png', 'clip%d.mp4', 'a.mp4']) {
  writeFileSync(path.join(folder, name), 'x');
}
const at = (name: string) => path.join(folder, name);

it('tells files, URLs and sequences apart', async () => {
  expect(await inputPlace(at('a.mp4'))).toMatchObject({ kind: 'file', url: `file:${at('a.mp4')}` });
  expect(await inputPlace(`file://${at('a.mp4')}`)).toMatchObject({ kind: 'file', url: `file:${at('a.mp4')}` });
  expect(await inputPlace('https://example.org/a.mp4')).toMatchObject({
    kind: 'url',
    url: 'https://example.org/a.mp4',
  });
  expect(await inputPlace(at('f%04d.png'))).toMatchObject({ kind: 'sequence', options: { start_number: '17' } });
  expect(await inputPlace(at('g%d.png'))).toMatchObject({ kind: 'sequence', options: { start_number: '9' } });
  // A file that has this very name is that file.
  expect(await inputPlace(at('clip%d.mp4'))).toMatchObject({ kind: 'file' });
});

it('lets nothing from the network lead to a local file', async () => {
  for (const url of ['http://a/b', 'https://a/b', 'rtsp://a/b']) {
    expect((await inputPlace(url)).options.protocol_whitelist.split(',')).not.toContain('file');
  }
});

it.each([
  ['h%04d.png', 'GIMBAL_E_INPUT_NOT_FOUND'],
  ['missing.mp4', 'GIMBAL_E_INPUT_NOT_FOUND'],
])('says that %s is not there', async (name, code) => {
  await expect(inputPlace(at(name))).rejects.toMatchObject({ code });
});

it('refuses schemes that it does not know', async () => {
  await expect(inputPlace('gopher://a/b.mp4')).rejects.toMatchObject({ code: 'GIMBAL_E_INPUT_UNREADABLE' });
});
