// `npm run try -w @gimbal/release [-- --development] [-- --keep]`: packs a release, publishes it into a registry on this machine, and
// installs it from there as a stranger would: in empty folders, with an empty home, and with nothing on the PATH but Node, npm and a
// shell. Prints every command and what it said, and fails when one of them ends other than it must. --development leaves the long
// compilation for all GPU architectures out; --keep leaves the folders.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../run/stage.mjs';
import { createStranger } from './createStranger.mjs';
import { startRegistry } from './startRegistry.mjs';

/** The major versions of npm that packages must install with. */
const NPM_VERSIONS = [10, 11, 12];

const development = process.argv.includes('--development');
const folder = mkdtempSync(path.join(tmpdir(), 'gimbal-trial-'));
const tarballs = path.join(folder, 'tarballs');
const system = `${process.platform}-${process.arch}`;
const native = `@gimbal/native-${system}`;
const missing = `${native}: not installed`;
const { version } = JSON.parse(readFileSync(path.join(root, 'packages/native/package.json'), 'utf8'));
const WITHOUT = `import { addonInfo } from '@gimbal/native';
try {
  console.log('loaded', addonInfo().binary.chosen.candidate);
} catch ({ code, message }) {
  console.log(code, message);
}
`;
const run = (program, args, env = {}) =>
  execFileSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });

let registry;
try {
  console.log('# The release');
  const release = path.join(root, 'tools/release/src/release.mjs');
  run(process.execPath, [release, tarballs, development ? '--development' : '--here']);

  console.log('\n# The registry');
  registry = await startRegistry(folder);
  publish(registry.address);

  const clip = path.join(folder, 'shaky.mp4');
  const fixtures = pathToFileURL(path.join(root, 'tools/fixtures/dist/writeSyntheticClip.js'));
  await (await import(fixtures.href)).writeSyntheticClip(clip);

  const npms = NPM_VERSIONS.filter(runsHere).map(fetchNpm);
  const stranger = (name, npm = npms[0].folder) => createStranger(path.join(folder, name), registry.address, npm);
  let command;
  for (const npm of npms) {
    console.log(`\n# The command, with npm ${npm.version}`);
    command = stranger(`command-${npm.version}`, npm.folder);
    command.expectNo(['nvcc', 'cmake', 'ninja', 'make', 'cc', 'c++', 'gcc', 'g++', 'clang']);
    command.run('npm install @gimbal/cli');
    command.tellInstalled();
    command.run('npx gimbal info', { says: [`prebuilt: ${native}/gimbal_native.node`, 'npm install @gimbal/ihn'] });
    copyFileSync(clip, path.join(command.folder, 'shaky.mp4'));
    command.run('npx gimbal stabilize shaky.mp4 steady.mp4', { makes: 'steady.mp4' });
    const learned = 'npx gimbal stabilize shaky.mp4 learned.mp4 --estimator ihn';
    command.run(learned, { fails: true, says: 'npm install @gimbal/ihn' });
    command.run('npm install @gimbal/ihn');
    command.tellInstalled();
    command.run(learned, { makes: 'learned.mp4' });

    console.log(`\n# The learned estimator, as a library, with npm ${npm.version}`);
    const library = stranger(`library-${npm.version}`, npm.folder);
    library.run('npm install @gimbal/ihn');
    library.tellInstalled();
    copyFileSync(path.join(import.meta.dirname, 'tenLines.mjs'), path.join(library.folder, 'ten-lines.mjs'));
    library.run('node ten-lines.mjs', { says: 'duplicate' });
  }

  console.log('\n# Without the optional packages');
  const without = stranger('without');
  without.run('npm install --omit=optional @gimbal/native');
  writeFileSync(path.join(without.folder, 'without.mjs'), WITHOUT);
  without.run('node without.mjs', { says: ['GIMBAL_E_ADDON', missing, 'npm run build:native'] });
  without.run(`npm install ${native}@${version}`);
  without.run('node without.mjs', { says: `loaded ${native}` });

  const bare = stranger('bare');
  bare.run('npm install --omit=optional @gimbal/cli');
  bare.run('npx gimbal info', { fails: true, says: ['GIMBAL_E_ADDON', 'node-av', '--omit=optional'] });

  console.log('\n# With a binary that is damaged, then gone, then back');
  const prebuilt = path.join(command.folder, 'node_modules', native);
  truncateSync(path.join(prebuilt, 'gimbal_native.node'), 100_000);
  command.run('npx gimbal info', { says: 'damaged: 100000 bytes instead of' });
  rmSync(prebuilt, { recursive: true });
  command.run('npx gimbal stabilize shaky.mp4 again.mp4', { fails: true, says: ['GIMBAL_E_ADDON', missing] });
  command.run('npm install');
  command.run('npx gimbal stabilize shaky.mp4 again.mp4', { makes: 'again.mp4' });
  console.log('\nThe release works.');
} catch (error) {
  console.error(`\nThe release does not work. ${error.message}`);
  process.exitCode = 1;
} finally {
  registry?.stop();
  if (process.argv.includes('--keep')) console.log(`Kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

/** npm 12 asks for a newer Node than the packages do. */
function runsHere(major) {
  const enough = major < 12 || Number(process.versions.node.split('.')[0]) >= 24;
  if (!enough) console.log(`Not tried: npm ${major}, which does not run on Node ${process.versions.node}.`);
  return enough;
}

/** Installs a version of npm beside the trial; gives the folder of its package. */
function fetchNpm(major) {
  const place = path.join(folder, `npm-${major}`);
  const args = ['install', '--silent', '--no-audit', '--no-fund', '--prefix', place, `npm@${major}`];
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const npm = path.join(place, 'node_modules/npm');
  return { folder: npm, version: JSON.parse(readFileSync(path.join(npm, 'package.json'), 'utf8')).version };
}

/** As a release is published: the binaries first, so that no package ever names one that is not there. */
function publish(address) {
  mkdirSync(folder, { recursive: true });
  const settings = path.join(folder, 'npmrc');
  // The registry takes anybody's word, but npm wants a word to say.
  writeFileSync(settings, `registry=${address}\n${address.slice('http:'.length)}:_authToken=anybody\n`);
  const files = readdirSync(tarballs).sort((a, b) => Number(isPrebuilt(b)) - Number(isPrebuilt(a)));
  for (const file of files) {
    execFileSync('npm', ['publish', '--silent', `--userconfig=${settings}`, path.join(tarballs, file)], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    console.log(`published ${file}`);
  }
}

function isPrebuilt(file) {
  return file.includes(`-${system}-`);
}
