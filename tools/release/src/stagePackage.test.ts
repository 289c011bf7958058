import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addonProblems, describeAddon, neededLibraries, oldestGlibc } from './addonFile.mjs';
import { developmentAddon, manifestOf, root } from './pack.js';
import { prebuiltIn } from './packRelease.mjs';
import { stagePackage } from './stagePackage.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-stage-'));
const native = path.join(root, 'packages/native');
const { version } = manifestOf(native);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a staged package', () => {
  it('lists exactly the binaries that lie in the folder, in its own version', () => {
    const tarballs = path.join(folder, 'tarballs');
    mkdirSync(tarballs);
    for (const file of [
      `gimbal-native-${version}.tgz`,
      `gimbal-native-linux-x64-${version}.tgz`,
      `gimbal-native-darwin-arm64-${version}.tgz`,
      'gimbal-native-win32-x64-0.0.0-old.tgz',
      `gimbal-cuda-classical-linux-x64-${version}.tgz`,
    ]) {
      writeFileSync(path.join(tarballs, file), '');
    }
    const names = prebuiltIn(tarballs, native).sort();
    expect(names).toEqual(['@gimbal/native-darwin-arm64', '@gimbal/native-linux-x64']);
    const staged = path.join(folder, 'native');
    stagePackage(native, staged, names);
    expect(manifestOf(staged)).toMatchObject({
      version,
      optionalDependencies: { '@gimbal/native-darwin-arm64': version, '@gimbal/native-linux-x64': version },
    });
    expect(manifestOf(native)).not.toHaveProperty('optionalDependencies'); // they would break `npm ci` where nothing is published
  });
});

describe.runIf(process.platform === 'linux')('what a binary needs', () => {
  const addon = developmentAddon(native);

  it('is read from the file', () => {
    expect(neededLibraries(addon)).toContain('libc.so.6');
    expect(oldestGlibc(addon)).toMatch(/^2\.\d+$/);
    expect(describeAddon(addon)).toMatchObject({ bytes: readFileSync(addon).length, glibc: oldestGlibc(addon) });
  });

  it('keeps one that leans on the C++ library of its builder from being published', () => {
    expect(addonProblems(addon, { cuda: false })).toEqual([expect.stringMatching(/which not every system has$/)]);
  });
});
