import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installInto, type Packed, packAll, published, root, run } from './pack.js';

const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-pack-'));
const home = path.join(folder, 'home');
let packed: Packed[] = [];

beforeAll(async () => {
  packed = await packAll(path.join(folder, 'tarballs'));
  await installInto(home, packed);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packages as published', () => {
  it('are all there', () => {
    expect(packed.map(({ name }) => name).sort()).toEqual(
      published.map((directory) => JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')).name).sort(),
    );
  });

  for (const directory of published) {
    it(`${path.basename(directory)} satisfies publint and holds what belongs there`, async () => {
      const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
      const { tarball, files } = packed.find(({ name }) => name === manifest.name) as Packed;
      const bytes = readFileSync(tarball);
      const archive = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      const { messages } = await publint({ pack: { tarball: archive }, level: 'warning' });
      expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
      expect(files).toEqual(expect.arrayContaining(['README.md', 'dist/index.js', 'dist/index.d.ts', 'package.json']));
      expect(files.filter((file) => /\.test\.|(^|\/)src\//.test(file))).toEqual([]);
      expect(manifest.scripts).not.toHaveProperty('install');
      expect(manifest.scripts).not.toHaveProperty('postinstall');
    });
  }

  it('work in an empty folder', async () => {
    copyFileSync(path.join(root, 'tools/release/src/stranger.mjs'), path.join(home, 'stranger.mjs'));
    const said = JSON.parse(await run(process.execPath, ['stranger.mjs'], home));
    expect(said.cornerError).toBeLessThan(0.3);
    expect(said.providers).toContain('cpu');
    expect(['duplicate', 'no weights']).toContain(said.learned);
    expect(said).toMatchObject({ resized: [32, 24], resizedMean: 100, distance: 5, smoothed: 60, written: 24 });
  }, 60_000);
});

describe('the command in an empty folder', () => {
  const gimbal = (...args: string[]): Promise<string> =>
    run(process.execPath, [path.join(home, 'node_modules/@gimbal/cli/dist/main.js'), ...args], home);

  it('is linked under its name and tells its version', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'packages/cli/package.json'), 'utf8'));
    const program = path.join(home, 'node_modules/.bin', process.platform === 'win32' ? 'gimbal.cmd' : 'gimbal');
    expect((await run(program, ['--version'], home)).trim()).toBe(version);
  });

  it('loads its addons and lists the estimators that come with it', async () => {
    const { addons, onnxRuntime } = JSON.parse(await gimbal('info', '--json'));
    expect(onnxRuntime).toMatchObject({ loaded: true });
    expect(addons.length).toBeGreaterThan(0);
    for (const addon of addons) expect(addon).toMatchObject({ loaded: true });
    const { estimators } = JSON.parse(await gimbal('estimators', '--json'));
    expect(estimators).toEqual(['classical', 'ihn'].map((name) => expect.objectContaining({ name, problem: null })));
  });

  it('steadies the clip that the packages wrote', async () => {
    const report = JSON.parse(
      await gimbal('stabilize', 'written.mp4', 'steady.mp4', '--json', '--quiet', '--no-evaluate'),
    );
    expect(report).toMatchObject({ ok: true, frames: 24 });
  }, 60_000);
});
