import { packageTests } from '../../tools/run/vitest.base';

export default packageTests(import.meta.dirname);
