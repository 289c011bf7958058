import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { filesDigest } from './filesDigest.js';

const home = mkdtempSync(path.join(os.tmpdir(), 'gimbal-digest-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const at = (name: string) => path.join(home, name);

it('changes with contents and names of files, and with nothing else', async () => {
  mkdirSync(at('plugin/inside'), { recursive: true });
  writeFileSync(at('plugin/index.js'), 'one');
  writeFileSync(at('plugin/inside/weights.bin'), Buffer.alloc(300_000, 7));
  symlinkSync(at('plugin'), at('plugin/inside/loop'));
  const digest = () => filesDigest([at('plugin')]);
  const first = await digest();
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  utimesSync(at('plugin/index.js'), 1, 1);
  mkdirSync(at('plugin/node_modules/other'), { recursive: true });
  writeFileSync(at('plugin/node_modules/other/index.js'), 'else');
  writeFileSync(at('plugin/.cache'), 'else');
  writeFileSync(at('plugin/README.md'), 'else');
  expect(await digest()).toBe(first);
  writeFileSync(at('plugin/inside/weights.bin'), Buffer.alloc(300_000, 8));
  const trained = await digest();
  expect(trained).not.toBe(first);
  writeFileSync(at('plugin/more.js'), '');
  expect(new Set([first, trained, await digest(), await filesDigest([at('absent')])]).size).toBe(4);
  expect(await filesDigest([at('plugin/index.js')])).not.toBe(await filesDigest([at('plugin/more.js')]));
});
