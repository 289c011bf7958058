import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Builds a package whose `dist` is older than its sources, without type declarations, which tests do not need: for tests that run what is
 * built, so that starting them by hand needs no thought of it. Where the tree was carried without its build tools, what was built before
 * is taken as it is.
 */
export async function buildWhenStale(directory: string): Promise<void> {
  const built = await stat(path.join(directory, 'dist/index.js')).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
  if (built !== undefined && built > (await newest(path.join(directory, 'src')))) return;
  const tsup = path.join(root, 'node_modules/tsup/dist/cli-default.js');
  if (existsSync(tsup)) {
    await promisify(execFile)(process.execPath, [tsup, '--no-dts', '--no-clean'], { cwd: directory });
    return;
  }
  const name = path.relative(root, directory);
  if (built === undefined) throw new Error(`${name} is not built and tsup is not installed: run \`npm ci\` first.`);
  console.log(`${name}: tsup is not installed, so its tests run what was built ${new Date(built).toISOString()}`);
}

async function newest(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const times = await Promise.all(files.map(async (name) => (await stat(path.join(folder, name))).mtimeMs));
  return Math.max(0, ...times);
}
