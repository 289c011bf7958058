import path from 'node:path';
import { defineConfig } from 'vitest/config';

const root = path.resolve(import.meta.dirname, '../..');
const sources: Record<string, string> = {
  core: 'packages/core',
  smoothers: 'packages/smoothers',
  metrics: 'packages/metrics',
  worker: 'packages/worker',
  native: 'packages/native',
  nn: 'packages/nn',
  video: 'packages/video',
  'cuda-classical': 'packages/cuda-classical',
  ihn: 'packages/ihn',
  assignment: 'packages/assignment',
  interpolate: 'packages/interpolate',
  mosaic: 'packages/mosaic',
  pipeline: 'packages/pipeline',
  cli: 'packages/cli',
  fixtures: 'tools/fixtures',
};

/** Tests run against the sources of every package, so that a change shows before anything is built. */
export function packageTests(directory: string): ReturnType<typeof defineConfig> {
  return defineConfig({
    root: directory,
    resolve: {
      alias: Object.entries(sources).flatMap(([name, folder]) => [
        { find: new RegExp(`^@gimbal/${name}$`), replacement: path.join(root, folder, 'src/index.ts') },
        { find: new RegExp(`^@gimbal/${name}/(\\w+)$`), replacement: path.join(root, folder, 'src/$1.ts') },
      ]),
    },
    test: {
      name: path.basename(directory),
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      setupFiles: ['plainText', 'propertySeed'].map((name) => path.join(root, `tools/run/${name}.ts`)),
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  });
}
