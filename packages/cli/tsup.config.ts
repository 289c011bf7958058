import { packageBuild } from '../../tools/run/tsup.base';

// Split, so that main.js can say what is missing where the commands' own imports fail.
export default packageBuild({ entry: ['src/index.ts', 'src/main.ts'], splitting: true });
