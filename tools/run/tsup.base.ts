import { defineConfig, type Options } from 'tsup';

/** The build that every package shares: ESM and types for Node 20, one bundle per public entry. */
export function packageBuild(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ['src/index.ts'],
    format: 'esm',
    target: 'node20',
    platform: 'node',
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: false,
    ...options,
  });
}
