import { packageBuild } from '../../tools/run/tsup.base';

export default packageBuild();
