import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');
const packages = ['core', 'smoothers', 'metrics', 'native', 'video', 'cuda-classical', 'cli'];

/** Tests run against the sources of every package, so that a change shows before anything is built. */
export function packageTests(directory: string): ReturnType<typeof defineConfig> {
  return defineConfig({
    root: directory,
    resolve: {
      alias: packages.map((name) => ({
        find: new RegExp(`^@gimbal/${name}$`),
        replacement: path.join(root, 'packages', name, 'src/index.ts'),
      })),
    },
    test: {
      name: path.basename(directory),
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      testTimeout: 60_000,
    },
  });
}
