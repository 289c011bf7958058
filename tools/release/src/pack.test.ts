import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ONNX_RUNTIME } from '../../run/onnxRuntimePackage.mjs';
import { installInto, manifestOf, packAll, root, run } from './pack.js';
import { type Packed, published, withAddon } from './packRelease.mjs';
import { addressFields } from './projectAddress.mjs';
import { prebuiltName } from './stagePackage.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-pack-'));
const home = path.join(folder, 'home');
let packed: Packed[] = [];

beforeAll(async () => {
  packed = packAll(path.join(folder, 'tarballs'));
  await installInto(home, packed);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const prebuilt = withAddon.map((directory) => prebuiltName(manifestOf(directory).name));
const runtime = `@gimbal/onnxruntime-${process.platform}-${process.arch}`;
const tarballOf = (name: string) => packed.find((one) => one.name === name) as Packed;

async function complaints(tarball: string): Promise<(string | undefined)[]> {
  const bytes = readFileSync(tarball);
  const archive = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const { messages, pkg } = await publint({ pack: { tarball: archive }, level: 'warning' });
  return messages.map((message) => formatMessage(message, pkg));
}

/** What packages start in threads and processes of their own; no import leads there. */
const programs: Record<string, readonly string[]> = {
  ihn: ['dist/networkWorker.js'],
  pipeline: ['dist/benchmarkWorker.js', 'dist/engineWorker.js', 'dist/plannerWorker.js'],
  cli: ['bin/gimbal.js', 'dist/main.js'],
};

describe('the packages as published', () => {
  it('are all there', () => {
    expect(packed.map(({ name }) => name).sort()).toEqual(
      [...published.map((directory) => manifestOf(directory).name), ...prebuilt, runtime].sort(),
    );
  });

  for (const directory of published) {
    const { name, version } = manifestOf(directory);
    it(`${path.basename(directory)} satisfies publint and holds what belongs there`, async () => {
      const { tarball, files } = tarballOf(name);
      expect(await complaints(tarball)).toEqual([]);
      const expected = ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts', 'package.json'];
      expect(files).toEqual(expect.arrayContaining([...expected, ...(programs[path.basename(directory)] ?? [])]));
      expect(files.filter((file) => /\.test\.|(^|\/)src\/|\.node$/.test(file))).toEqual([]);
      const installed = manifestOf(path.join(home, 'node_modules', name));
      expect(installed).not.toHaveProperty('scripts');
      expect(installed).not.toHaveProperty('devDependencies');
      expect(installed).toMatchObject(addressFields(`packages/${path.basename(directory)}`));
      expect(installed).toMatchObject({ author: expect.any(String), keywords: expect.arrayContaining(['video']) });
      const readme = readFileSync(path.join(home, 'node_modules', name, 'README.md'), 'utf8');
      expect(readme.match(/\]\((?!#|https:)[^)]*\)/g) ?? []).toEqual([]);
      expect(installed.optionalDependencies ?? {}).toEqual({
        ...manifestOf(directory).optionalDependencies,
        ...(withAddon.includes(directory) ? { [prebuiltName(name)]: version } : {}),
        ...(name === '@gimbal/ihn' ? { [runtime]: ONNX_RUNTIME.version } : {}),
      });
    });
  }

  for (const name of prebuilt) {
    it(`${name} holds the binary for this system and says so`, async () => {
      const { tarball, files } = tarballOf(name);
      expect(await complaints(tarball)).toEqual([]);
      const addon = files.filter((file) => file.endsWith('.node'));
      expect(addon).toHaveLength(1);
      expect([...files].sort()).toEqual(['LICENSE', 'README.md', ...addon, 'package.json'].sort());
      const installed = manifestOf(path.join(home, 'node_modules', name));
      expect(installed).toMatchObject({ os: [process.platform], cpu: [process.arch], main: addon[0] });
      expect(installed).not.toHaveProperty('scripts');
    });
  }

  it('bring ONNX Runtime for this system alone, with its licence and notices', async () => {
    const { tarball, files, size } = tarballOf(runtime);
    expect(await complaints(tarball)).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'ThirdPartyNotices.txt', 'index.cjs']));
    expect(size).toBeLessThan(30e6);
    const installed = manifestOf(path.join(home, 'node_modules', runtime));
    expect(installed).toMatchObject({ os: [process.platform], cpu: [process.arch], version: ONNX_RUNTIME.version });
    expect(installed).not.toHaveProperty('dependencies');
    expect(installed).not.toHaveProperty('scripts');
  });

  it('come with no install script, no WebRTC stack, and nothing of other systems', () => {
    const lock = JSON.parse(readFileSync(path.join(home, 'node_modules/.package-lock.json'), 'utf8'));
    const packages = Object.entries<{ readonly hasInstallScript?: boolean }>(lock.packages);
    expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
    const names = packages.map(([place]) => place.slice('node_modules/'.length));
    for (const name of ['onnxruntime-node', 'node-av', 'werift']) expect(names).not.toContain(name);
    expect(names.length).toBeLessThan(40);
  });

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
    run(process.execPath, [path.join(home, 'node_modules/@gimbal/cli/bin/gimbal.js'), ...args], home);

  it('is linked under its name and tells its version', async () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'packages/cli/package.json'), 'utf8'));
    const program = path.join(home, 'node_modules/.bin', process.platform === 'win32' ? 'gimbal.cmd' : 'gimbal');
    expect((await run(program, ['--version'], home)).trim()).toBe(version);
  });

  it('loads its addons and lists the estimators that come with it', async () => {
    const { addons, onnxRuntime } = JSON.parse(await gimbal('info', '--json'));
    expect(onnxRuntime).toMatchObject({ loaded: true });
    expect(addons.length).toBeGreaterThan(0);
    for (const { name, ...addon } of addons) {
      expect(addon).toMatchObject({ loaded: true });
      expect(addon.binary.chosen).toMatchObject({ candidate: prebuiltName(name), kind: 'prebuilt' });
      expect(addon.binary.rejected).toEqual([{ candidate: 'local build', reason: 'none' }]);
    }
    const { estimators } = JSON.parse(await gimbal('estimators', '--json'));
    expect(estimators).toEqual([
      expect.objectContaining({ name: 'classical', origin: 'built in', problem: null }),
      expect.objectContaining({ name: 'ihn', origin: 'installed', problem: null }),
    ]);
  });

  it('takes another FFmpeg that is named', async () => {
    const info = async (file: string) => {
      const program = "import('@gimbal/video').then(({ ffmpegVersion }) => console.log(ffmpegVersion()))";
      const env = { ...process.env, GIMBAL_NODE_AV_PATH: file };
      return spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: home, env, encoding: 'utf8' });
    };
    const [folder] = readdirSync(path.join(home, 'node_modules/@seydx'));
    expect(await info(path.join(home, 'node_modules/@seydx', folder, 'node-av.node'))).toMatchObject({ status: 0 });
    const wrong = await info(path.join(home, 'package.json.node'));
    expect(wrong.stderr).toMatch(/GIMBAL_NODE_AV_PATH must name a file node-av.node/);
  });

  it('steadies the clip that the packages wrote', async () => {
    const report = JSON.parse(await gimbal('stabilize', 'written.mp4', 'steady.mp4', '--json', '--quiet'));
    expect(report).toMatchObject({ ok: true, frames: 24 });
  }, 60_000);

  it('does without the learned estimator, and says how to get it', async () => {
    rmSync(path.join(home, 'node_modules/@gimbal/ihn'), { recursive: true });
    const { onnxRuntime } = JSON.parse(await gimbal('info', '--json'));
    expect(onnxRuntime).toMatchObject({
      loaded: false,
      installed: false,
      reason: expect.stringMatching(/npm install @gimbal\/ihn/),
    });
    const { estimators } = JSON.parse(await gimbal('estimators', '--json'));
    expect(estimators[1]).toMatchObject({ name: 'ihn', origin: 'not installed' });
    const asked = gimbal('stabilize', 'written.mp4', 'never.mp4', '--estimator', 'ihn');
    await expect(asked).rejects.toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/npm install @gimbal\/ihn.*PLUGIN_NOT_FOUND/),
    });
    expect(existsSync(path.join(home, 'never.mp4'))).toBe(false);
  }, 60_000);
});
