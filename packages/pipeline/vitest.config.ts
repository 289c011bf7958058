import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { packageTests } from '../../tools/run/vitest.base.ts';

const shared = packageTests(import.meta.dirname) as ViteUserConfig;

export default mergeConfig(shared, { test: { globalSetup: ['test/buildPrograms.ts'] } });
