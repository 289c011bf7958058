import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** The top of the repository. */
export const root = path.resolve(import.meta.dirname, '../../..');

const execute = promisify(execFile);

/** Folders of everything that is published. */
export const published = readdirSync(path.join(root, 'packages')).map((name) => path.join(root, 'packages', name));

/** Runs a program and gives its standard output; a failure carries what it said. */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await execute(program, args, { cwd, maxBuffer: 1 << 26, shell: process.platform === 'win32' });
  return stdout;
}

/** What `npm pack` says of one tarball. */
export interface Packed {
  readonly name: string;
  readonly tarball: string;
  readonly files: readonly string[];
  readonly size: number;
}

/** Packs every package into `folder`. The packages must be built. */
export async function packAll(folder: string): Promise<Packed[]> {
  mkdirSync(folder, { recursive: true });
  const stdout = await run('npm', ['pack', '--json', '--pack-destination', folder, ...published], root);
  const packed: { name: string; filename: string; size: number; files: { path: string }[] }[] = JSON.parse(stdout);
  return packed.map(({ name, filename, size, files }) => ({
    name,
    tarball: path.join(folder, filename),
    size,
    files: files.map((file) => file.path),
  }));
}

/** Installs tarballs into an empty folder as a stranger would: no install scripts, nothing of this repository in reach. */
export async function installInto(folder: string, packed: readonly Packed[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'stranger', private: true, type: 'module' }));
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', ...flags, ...packed.map(({ tarball }) => tarball)], folder);
}
