import { packageBuild } from '../../tools/run/tsup.base.ts';

export default packageBuild();
