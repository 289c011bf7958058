import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Builds a package whose `dist` is older than its sources, without type declarations, which tests do not need: for tests that run what is
 * built, so that whoever starts them by hand need not think of it.
 */
export async function buildWhenStale(directory: string): Promise<void> {
  const built = await stat(path.join(directory, 'dist/index.js')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (built > (await newest(path.join(directory, 'src')))) return;
  const tsup = path.join(root, 'node_modules/tsup/dist/cli-default.js');
  await promisify(execFile)(process.execPath, [tsup, '--no-dts', '--no-clean'], { cwd: directory });
}

async function newest(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const times = await Promise.all(files.map(async (name) => (await stat(path.join(folder, name))).mtimeMs));
  return Math.max(0, ...times);
}
