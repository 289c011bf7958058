// Packs every package as it is published, its addon built for every GPU that a release serves:
//
//   npm run pack -w @gimbal/release -- <folder> [package folders, such as native; all when none is named]
//
// Builds beside the development build (packages/*/build/release), strips what the addon does not need to run, and prints what came
// out: sizes, and what each addon says it was built for. Fails when an addon's package exceeds the 6 MB that it may take. Without nvcc
// the addons have no CUDA path, and the table says so.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, runTool } from '../../run/stage.mjs';
import { stagePackage } from './stagePackage.mjs';

const MOST_BYTES = 6_000_000;
const folder = path.resolve(process.argv[2] ?? path.join(root, 'release'));
const run = (program, args, cwd) =>
  execFileSync(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
    shell: process.platform === 'win32',
  });

/** Builds the addon of a package for release and gives a stripped copy in `place`. */
function releaseAddon(directory, place) {
  const build = path.join(directory, 'build/release');
  run('npx', ['cmake-js', 'compile', '--out', build, '--CDGIMBAL_CUDA_ARCHITECTURES=RELEASE'], directory);
  const made = readdirSync(path.join(build, 'Release')).find((name) => name.endsWith('.node'));
  const copy = path.join(place, made);
  cpSync(path.join(build, 'Release', made), copy);
  if (process.platform === 'linux') run('strip', ['--strip-unneeded', copy]);
  if (process.platform === 'darwin') run('strip', ['-x', copy]);
  return copy;
}

const built = await runTool('nx', ['run-many', '-t', 'build', '--projects=@gimbal/*', '--output-style=static'], {
  quiet: true,
});
if (built !== 0) process.exit(built);
mkdirSync(folder, { recursive: true });
const staging = mkdtempSync(path.join(tmpdir(), 'gimbal-release-'));
let tooLarge = false;
try {
  const named = process.argv.slice(3);
  for (const name of named.length > 0 ? named : readdirSync(path.join(root, 'packages'))) {
    const directory = path.join(root, 'packages', name);
    const addon = existsSync(path.join(directory, 'CMakeLists.txt')) ? releaseAddon(directory, staging) : undefined;
    const staged = path.join(staging, name);
    stagePackage(directory, staged, addon);
    const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder, staged], root));
    let line = `${packed.filename}  ${(packed.size / 1e6).toFixed(2)} MB`;
    if (addon !== undefined) {
      const { cuda, cudaReport } = createRequire(import.meta.url)(addon).addonInfo();
      const what = cuda ? `CUDA ${cudaReport.runtimeVersion / 1000} for ${cudaReport.architectures}` : 'no CUDA path';
      line += `  addon ${(statSync(addon).size / 1e6).toFixed(2)} MB, ${what}`;
      tooLarge ||= packed.size > MOST_BYTES;
    }
    console.log(line);
  }
} finally {
  rmSync(staging, { recursive: true, force: true });
}
if (tooLarge) {
  console.error(`A package with an addon is larger than ${MOST_BYTES / 1e6} MB.`);
  process.exitCode = 1;
}
