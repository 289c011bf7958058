import { packageBuild } from '../../tools/run/tsup.base';

export default packageBuild({ entry: ['src/index.ts', 'src/main.ts', 'src/benchmarkWorker.ts'] });
