import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The top of the repository, seen from `src` and from `dist` alike. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Research clips and peers' figures: beside the repository, or where GIMBAL_SHARED points. */
export const shared = process.env.GIMBAL_SHARED ?? path.resolve(root, '../shared');

/** The command line under test. */
export const gimbalMain = path.join(root, 'packages/cli/dist/main.js');

/** A file that a benchmark makes and may find again; git ignores the folder. */
export function workFile(...names: string[]): string {
  const file = path.join(root, 'tools/bench/work', ...names);
  mkdirSync(path.dirname(file), { recursive: true });
  return file;
}
