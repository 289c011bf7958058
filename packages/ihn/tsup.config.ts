import { packageBuild } from '../../tools/run/tsup.base';

export default packageBuild({
  entry: { index: 'src/index.ts', networkWorker: 'src/network/networkWorker.ts' },
  dts: { entry: { index: 'src/index.ts' } },
});
