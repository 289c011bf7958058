import { packageBuild } from '../../tools/run/tsup.base';

// Finding plug-ins on disk needs Node: an entry of its own, so that the main one bundles for a browser as it is.
export default packageBuild({
  entry: ['src/index.ts', 'src/device.ts', 'src/geometry.ts', 'src/plugins.ts', 'src/shutter.ts'],
  splitting: true,
  // Where an entry uses nothing of a shared chunk any more, esbuild imports it all the same, and warns of that in whoever's bundle.
  plugins: [
    {
      name: 'no-empty-imports',
      renderChunk: (code) => ({ code: code.replace(/^import "\.\/chunk-\w+\.js";$/gm, '') }),
    },
  ],
});
