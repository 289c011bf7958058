import { packageBuild } from '../../tools/run/tsup.base';

export default packageBuild({
  entry: ['src/main.ts', 'src/probe.ts', 'src/pairsProbe.ts', 'src/createRegression.ts'],
  dts: false,
});
