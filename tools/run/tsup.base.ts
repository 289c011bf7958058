import { defineConfig, type Options } from 'tsup';

/** GIMBAL_TYPES=off leaves declarations out, which take most of the time and which nothing that runs needs. */
const types = process.env.GIMBAL_TYPES !== 'off';

/** The build that every package shares: ESM and types for Node 20, one bundle per public entry. */
export function packageBuild(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ['src/index.ts'],
    format: 'esm',
    target: 'node20',
    platform: 'node',
    sourcemap: true,
    clean: types,
    splitting: false,
    ...options,
    dts: types && (options.dts ?? true),
  });
}
