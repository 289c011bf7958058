import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(import.meta.dirname, '../../..');
const FOLDERS = ['core', 'smoothers', 'metrics', 'native', 'video', 'cuda-classical', 'cli'].map(
  (name) => `packages/${name}`,
);

/**
 * The tests run the program as a user does, from `dist`. Whoever starts them by hand need not think of building: what is older than
 * its sources is built here (without type declarations, which tests do not need).
 */
export default async function buildPrograms(): Promise<void> {
  const tsup = path.join(root, 'node_modules/tsup/dist/cli-default.js');
  for (const folder of [...FOLDERS, 'examples/gimbal-estimator-phase']) {
    const directory = path.join(root, folder);
    const built = await stat(path.join(directory, 'dist/index.js')).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    if (built > (await newest(path.join(directory, 'src')))) continue;
    await promisify(execFile)(process.execPath, [tsup, '--no-dts', '--no-clean'], { cwd: directory });
  }
}

async function newest(folder: string): Promise<number> {
  const files = (await readdir(folder, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const times = await Promise.all(files.map(async (name) => (await stat(path.join(folder, name))).mtimeMs));
  return Math.max(0, ...times);
}
