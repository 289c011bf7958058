import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { packageTests } from '../run/vitest.base.ts';

const shared = packageTests(import.meta.dirname) as ViteUserConfig;

/** Not named `vitest.config.ts`: the cases take minutes and need the ffmpeg program, so `npm test` leaves them out. */
export default defineConfig({
  ...shared,
  test: {
    ...shared.test,
    include: ['src/**/*.case.ts'],
    testTimeout: 600_000,
    hookTimeout: 1_200_000,
    // The scripts share a folder of inputs.
    fileParallelism: false,
  },
});
