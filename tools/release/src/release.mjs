// Packs a release into a folder, which holds the tarballs to publish afterwards:
//
//   npm run pack -w @gimbal/release -- <folder> [--addons-only | --packages-only] [--without-cuda] [--here] [--development]
//
// First the prebuilt binaries of this system (a package for each addon, with machine code for every GPU architecture that a release
// serves), then all other packages, which list the binaries that lie in the folder: those of other systems are made there with
// --addons-only and brought. Prints sizes and what each binary needs; fails when one is larger than it may be, needs a library that
// not every system has, or lacks an architecture. Linux on x64 and Windows on x64 want nvcc, unless --without-cuda says otherwise.
// --here packs what runs on this system alone, to be installed from the folder (as the Dockerfile does) and not to be published.
// --development takes the binaries of the development build as they are, to try the rest quickly: nothing to publish.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildProjects } from '../../run/buildProjects.mjs';
import { ONNX_RUNTIME_SYSTEMS } from '../../run/onnxRuntimePackage.mjs';
import { root } from '../../run/stage.mjs';
import { addonProblems, describeAddon } from './addonFile.mjs';
import {
  packFetchedOnnxRuntime,
  packOnnxRuntime,
  packPackages,
  packPrebuilt,
  releaseAddon,
  withAddon,
} from './packRelease.mjs';
import { addressDecided, PROJECT_ADDRESS } from './projectAddress.mjs';

const MOST_BYTES = 6_000_000;
const WITH_CUDA = ['linux-x64', 'win32-x64'];
const flag = { type: 'boolean', default: false };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'addons-only': flag, 'packages-only': flag, 'without-cuda': flag, development: flag, here: flag },
});
const folder = path.resolve(process.env.INIT_CWD ?? process.cwd(), positionals[0] ?? path.join(root, 'release'));
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
const problems = [];
const own = values.here || values.development;
if (!addressDecided && !own) {
  problems.push(
    `The project's address is not decided: ${PROJECT_ADDRESS}. Set it in tools/release/src/projectAddress.mjs before publishing.`,
  );
}

await buildProjects(['@gimbal/*'], { types: true });
if (!values['packages-only']) for (const directory of withAddon) packAddon(directory);
if (!values['addons-only']) {
  const runtimes = own ? packFetchedOnnxRuntime(folder) : await packOnnxRuntime(ONNX_RUNTIME_SYSTEMS, folder);
  for (const { tarball, size } of runtimes) console.log(`${path.basename(tarball)}  ${megabytes(size)}`);
  for (const { tarball, size } of packPackages(folder)) console.log(`${path.basename(tarball)}  ${megabytes(size)}`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function packAddon(directory) {
  const cuda = WITH_CUDA.includes(`${process.platform}-${process.arch}`) && !values['without-cuda'];
  const staging = mkdtempSync(path.join(tmpdir(), 'gimbal-addon-'));
  try {
    const addon = values.development ? developmentAddon(directory) : releaseAddon(directory, staging, { cuda });
    const packed = packPrebuilt(directory, addon, folder);
    const info = createRequire(import.meta.url)(addon).addonInfo();
    const { glibc } = describeAddon(addon);
    console.log(
      [
        `${path.basename(packed.tarball)}  ${megabytes(packed.size)}`,
        `${megabytes(statSync(addon).size)} unpacked`,
        info.cuda ? `CUDA ${info.cudaReport.runtimeVersion / 1000} for ${info.cudaReport.architectures}` : 'no CUDA',
        ...(glibc === undefined ? [] : [`glibc ${glibc} or newer`]),
      ].join(', '),
    );
    if (values.development) return;
    const wrong = addonProblems(addon, { cuda });
    if (packed.size > MOST_BYTES) wrong.push(`is larger than ${megabytes(MOST_BYTES)}`);
    if (wrong.length > 0) rmSync(packed.tarball); // nothing that must not be published is left lying there
    problems.push(...wrong.map((problem) => `${packed.name} ${problem}.`));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function developmentAddon(directory) {
  const place = path.join(directory, 'build/Release');
  return path.join(
    place,
    readdirSync(place).find((name) => name.endsWith('.node')),
  );
}
