import { packageBuild } from '../../tools/run/tsup.base';

export default packageBuild({
  entry: [
    'src/index.ts',
    'src/benchmark.ts',
    'src/parts.ts',
    'src/benchmarkWorker.ts',
    'src/engineWorker.ts',
    'src/plannerWorker.ts',
  ],
  splitting: true,
});
