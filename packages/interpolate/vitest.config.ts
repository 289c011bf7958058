import { packageTests } from '../../tools/run/vitest.base.ts';

export default packageTests(import.meta.dirname);
