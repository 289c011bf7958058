import path from 'node:path';
import { packageBuild } from '../../tools/run/tsup.base';

// node-av's own package brings a WebRTC stack and an install script along: its JavaScript is taken into ours, but for the module that looks for
// its compiled part. NODE_AV=external leaves it outside, for programs that watch its calls (tools/bench/mainThreadCalls.mjs).
const external = process.env.NODE_AV === 'external';

export default packageBuild({
  ...(external ? { external: [/^node-av/] } : { noExternal: [/^node-av/] }),
  esbuildPlugins: [
    {
      name: 'node-av-binding',
      setup({ onResolve }) {
        onResolve({ filter: /^\.\/binding\.js$/ }, ({ importer }) =>
          /[\\/]node-av[\\/]/.test(importer)
            ? { path: path.join(import.meta.dirname, 'src/ffmpeg/nodeAvBinding.ts') }
            : undefined,
        );
      },
    },
  ],
});
