// `npm run stabilize -- IN OUT [options]`: builds what is needed, then is `gimbal stabilize` in the caller's folder.
// Without arguments: renders a synthetic shaky clip into ./out and stabilizes that.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildProjects, LATER } from './buildProjects.mjs';
import { root } from './stage.mjs';

const args = process.argv.slice(2);
const demo = args.length === 0;
await buildProjects(['@gimbal/cli', ...(demo ? ['@gimbal/fixtures'] : [])], { uncompiled: LATER });

// npm runs scripts in the repository; the user's paths are relative to where the user stands.
process.chdir(process.env.INIT_CWD ?? process.cwd());
if (demo) args.push(...(await renderDemo()));

// In this process, so that signals reach the command once and its exit code is ours.
const main = path.join(root, 'packages/cli/dist/main.js');
process.argv = [process.execPath, main, 'stabilize', ...args];
await import(pathToFileURL(main).href);

async function renderDemo() {
  const shaky = path.resolve('out/synthetic-shaky.mp4');
  const steady = path.resolve('out/synthetic-steady.mp4');
  mkdirSync('out', { recursive: true });
  console.error('Rendering a synthetic shaky clip (known camera path, two depths, a moving object) …');
  const writer = pathToFileURL(path.join(root, 'tools/fixtures/dist/writeSyntheticClip.js'));
  const { writeSyntheticClip } = await import(writer.href);
  await writeSyntheticClip(shaky);
  process.on('exit', (code) => {
    if (code === 0) console.error(`\nShaky:  ${shaky}\nSteady: ${steady}`);
  });
  return [shaky, steady, '--overwrite'];
}
