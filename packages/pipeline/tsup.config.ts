import { packageBuild } from '../../tools/run/tsup.base';

export default packageBuild({
  entry: [
    'src/index.ts',
    'src/benchmark.ts',
    'src/benchmarkWorker.ts',
    'src/decodeWorker.ts',
    'src/encodeWorker.ts',
    'src/planWorker.ts',
  ],
  splitting: true,
});
