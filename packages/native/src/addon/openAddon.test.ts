import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addonInfo } from '../addon.js';
import { openAddon } from './openAddon.js';
import { glibcProblem, systemGlibc } from './systemLibc.js';

// The real addon, in the places of a package of another name that was published for this system and for one more.
const here = `@gimbal/probe-${process.platform}-${process.arch}`;
const foreign = '@gimbal/probe-amiga-m68k';
const built = path.join(import.meta.dirname, '../../build/Release/gimbal_native.node');
let folder: string;
let directory: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gimbal-open-'));
  directory = path.join(folder, 'node_modules/@gimbal/probe');
  mkdirSync(directory, { recursive: true });
  writeManifest(directory, { version: '1.2.3', optionalDependencies: { [foreign]: '1.2.3', [here]: '1.2.3' } });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const open = () =>
  openAddon<{ addonInfo(): object }>({
    name: '@gimbal/probe',
    directory,
    file: 'probe.node',
    variable: 'GIMBAL_PROBE_PATH',
  });
const writeManifest = (place: string, manifest: object) =>
  writeFileSync(path.join(place, 'package.json'), JSON.stringify(manifest));
const refusal = () => expect.objectContaining({ code: 'GIMBAL_E_ADDON' });

/** Puts a prebuilt package in its place and gives its binary's. */
function install(
  content: string,
  { version = '1.2.3', ...gimbal } = {} as { version?: string; glibc?: string },
): string {
  const place = path.join(folder, 'node_modules', here);
  mkdirSync(place, { recursive: true });
  const file = path.join(place, 'probe.node');
  copyFileSync(content, file);
  const bytes = readFileSync(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeManifest(place, { version, gimbal: { bytes: bytes.length, sha256, ...gimbal } });
  return file;
}

function buildLocally(): void {
  mkdirSync(path.join(directory, 'build/Release'), { recursive: true });
  copyFileSync(built, path.join(directory, 'build/Release/probe.node'));
}

/** A file that is no addon, and that nothing is wrong with as far as its package knows. */
function noAddon(): string {
  const file = path.join(folder, 'text');
  writeFileSync(file, 'This is no addon.\n'.repeat(1000));
  return file;
}

test('a prebuilt package is found where there is no local build', () => {
  install(built);
  const { addon, binary } = open();
  expect(addon.addonInfo()).toMatchObject({ isa: addonInfo().isa });
  expect(binary).toEqual({
    chosen: { candidate: here, kind: 'prebuilt', path: `${here}/probe.node` },
    rejected: [
      { candidate: 'local build', reason: 'none' },
      { candidate: foreign, reason: 'for another system' },
    ],
  });
});

test('a local build comes before a prebuilt package, and a named file before both', () => {
  buildLocally();
  install(built);
  expect(open().binary).toEqual({
    chosen: { candidate: 'local build', kind: 'local', path: 'build/Release/probe.node' },
    rejected: [
      { candidate: here, reason: 'local build comes first' },
      { candidate: foreign, reason: 'for another system' },
    ],
  });
  vi.stubEnv('GIMBAL_PROBE_PATH', built);
  const { chosen, rejected } = open().binary;
  expect(chosen).toEqual({ candidate: 'GIMBAL_PROBE_PATH', kind: 'named', path: built });
  expect(rejected.map(({ reason }) => reason)).toEqual([
    'GIMBAL_PROBE_PATH comes first',
    'GIMBAL_PROBE_PATH comes first',
    'for another system',
  ]);
});

test('a named file that does not serve is never replaced in silence', () => {
  buildLocally();
  vi.stubEnv('GIMBAL_PROBE_PATH', '/nowhere/probe.node');
  expect(open).toThrow(refusal());
  expect(open).toThrow(/GIMBAL_PROBE_PATH: names \/nowhere\/probe\.node, which is not there.*unset it/);
  vi.stubEnv('GIMBAL_PROBE_PATH', noAddon());
  expect(open).toThrow(/GIMBAL_PROBE_PATH: does not load.*unset it/);
});

test('without any, the error names the package to install and how to build', () => {
  expect(open).toThrow(refusal());
  expect(open).toThrow(`${here}: not installed`);
  expect(open).toThrow(`npm install ${here}@1.2.3`);
  expect(open).toThrow(/--omit=optional.*npm run build:native.*GIMBAL_PROBE_PATH name probe\.node/);
  writeManifest(directory, { version: '1.2.3', optionalDependencies: { [foreign]: '1.2.3' } });
  expect(open).toThrow(/none is published with @gimbal\/probe 1\.2\.3.*To have one, build it/);
  writeFileSync(path.join(directory, 'CMakeLists.txt'), '');
  expect(open).toThrow(/npm run build:native -w @gimbal\/probe" \(it needs.*\)\.$/);
});

test('a truncated or altered binary is told from one for another system', () => {
  truncateSync(install(built), 4096);
  expect(open).toThrow(/damaged: 4096 bytes instead of \d+; delete its folder/);
  const altered = install(noAddon());
  writeFileSync(altered, readFileSync(altered, 'utf8').replace('This', 'That'));
  expect(open).toThrow(/damaged: its checksum differs.*To have one, build it/);
  install(noAddon());
  expect(open).toThrow(/does not load: /);
  rmSync(install(built));
  expect(open).toThrow(/probe\.node is missing/);
});

test('a prebuilt package of another version is refused', () => {
  install(built, { version: '1.2.2' });
  expect(open).toThrow(`${here}: is 1.2.2, and @gimbal/probe is 1.2.3`);
});

test.runIf(process.platform === 'linux')('a system whose C library is too old is named as the reason', () => {
  install(noAddon(), { glibc: '99.1' });
  expect(open).toThrow(/needs glibc 99\.1/);
});

test('C libraries are compared by their numbers', () => {
  expect(glibcProblem('2.34', '2.36')).toBeUndefined();
  expect(glibcProblem('2.4', '2.36')).toBeUndefined();
  expect(glibcProblem('2.34', '3.0')).toBeUndefined();
  expect(glibcProblem('2.34', '2.31')).toBe('needs glibc 2.34 or newer, and this system has 2.31');
  expect(glibcProblem('2.34', undefined)).toMatch(/musl/);
  expect(systemGlibc() ?? 'musl').toMatch(/^\d+\.\d+|^musl$/);
});
