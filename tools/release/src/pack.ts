import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Packed, packFetchedOnnxRuntime, packPackages, packPrebuilt, withAddon } from './packRelease.mjs';

/** The top of the repository. */
export const root = path.resolve(import.meta.dirname, '../../..');

const execute = promisify(execFile);

/** Runs a program and gives its standard output; a failure carries what it said. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await execute(program, args, { cwd, maxBuffer: 1 << 26, shell: process.platform === 'win32' });
  return stdout;
}

/** What tests look at in a `package.json`. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package's `package.json`. */
export function manifestOf(directory: string): Manifest {
  return JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
}

/** The addon of a package's development build. */
export function developmentAddon(directory: string): string {
  const place = path.join(directory, 'build/Release');
  return path.join(place, readdirSync(place).find((name) => name.endsWith('.node')) as string);
}

/** Packs everything as it is published into `folder`, with the binaries of the development build. The packages must be built. */
export function packAll(folder: string): Packed[] {
  const prebuilt = withAddon.map((directory) => packPrebuilt(directory, developmentAddon(directory), folder));
  const runtime = packFetchedOnnxRuntime(folder);
  return [...prebuilt, ...runtime, ...packPackages(folder)];
}

/** Installs tarballs into an empty folder as a stranger would: with the install scripts that there are, nothing of this repository in reach. */
export async function installInto(folder: string, packed: readonly Packed[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }));
  const flags = ['--ignore-scripts=false', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...flags, ...packed.map(({ tarball }) => tarball)], folder);
}
