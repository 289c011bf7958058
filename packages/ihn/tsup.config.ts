import { packageBuild } from '../../tools/run/tsup.base';

export default packageBuild({ entry: ['src/index.ts', 'src/networkWorker.ts'], dts: { entry: 'src/index.ts' } });
