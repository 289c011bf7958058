import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: ['packages/*/vitest.config.ts', 'examples/*/vitest.config.ts', 'tools/*/vitest.config.ts'],
    maxWorkers: 2,
    // Some tests fill a device's memory or lose its context: no other file may run beside them where there is one.
    fileParallelism: !existsSync('/dev/nvidia0'),
    coverage: {
      provider: 'v8',
      include: ['packages/{core,smoothers,metrics}/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/index.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 90 },
    },
  },
});
