import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root, run } from './pack.js';
import { stagePackage } from './stagePackage.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-stage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function packedFiles(directory: string): Promise<string[]> {
  const [{ files }]: { files: { path: string }[] }[] = JSON.parse(
    await run('npm', ['pack', '--json', '--dry-run', directory], root),
  );
  return files.map((file) => file.path).sort();
}

it('a staged package packs the very files of its folder, the addon among them', async () => {
  const native = path.join(root, 'packages/native');
  const addon = path.join(native, 'build/Release/gimbal_native.node');
  stagePackage(native, path.join(folder, 'native'), addon);
  const staged = await packedFiles(path.join(folder, 'native'));
  expect(staged).toContain('build/Release/gimbal_native.node');
  expect(staged).toEqual(await packedFiles(native));
});
