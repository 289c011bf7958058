import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeOnnxRuntimePackages, ONNX_RUNTIME, ONNX_RUNTIME_SYSTEMS } from '../../run/onnxRuntimePackage.mjs';
import { root } from '../../run/stage.mjs';
import { addAddress, hasAddon, stagePackage, stagePrebuilt } from './stagePackage.mjs';

/** Folders of everything that is published, prebuilt binaries aside. */
export const published = readdirSync(path.join(root, 'packages')).map((name) => path.join(root, 'packages', name));

/** Folders of the packages that have an addon. */
export const withAddon = published.filter(hasAddon);

/** Runs a program and gives what it writes on its standard output. */
function run(program, args, cwd) {
  const shell = process.platform === 'win32';
  return execFileSync(program, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 26, shell });
}

/** Compiles the addon of the package in `directory` for publication and gives a copy in `place`, stripped of what it runs without. */
export function releaseAddon(directory, place, { cuda }) {
  const build = path.join(directory, 'build/release');
  const options = [`GIMBAL_CUDA=${cuda ? 'ON' : 'OFF'}`, 'GIMBAL_CUDA_ARCHITECTURES=RELEASE'];
  // Where kernels are alike this leaves a quarter of the package; every driver that knows CUDA 13 unpacks it.
  if (cuda) options.push('CMAKE_CUDA_FLAGS=-compress-mode=size');
  // The C++ library inside, so that only glibc matters; what is never called goes, and with it the need for the newest glibc.
  if (process.platform === 'linux') {
    options.push('CMAKE_SHARED_LINKER_FLAGS=-static-libstdc++ -static-libgcc -Wl,--gc-sections');
  }
  const defines = options.map((option) => `--CD${option}`);
  // Not `compile`: it keeps the options that a build folder was first configured with.
  const cmake = path.join(root, 'node_modules/cmake-js/bin/cmake-js');
  for (const step of ['configure', 'build']) {
    run(process.execPath, [cmake, step, '--out', build, ...defines], directory);
  }
  const made = readdirSync(path.join(build, 'Release')).find((name) => name.endsWith('.node'));
  mkdirSync(place, { recursive: true });
  const copy = path.join(place, made);
  cpSync(path.join(build, 'Release', made), copy);
  if (process.platform === 'linux') run('strip', ['--strip-unneeded', copy]);
  if (process.platform === 'darwin') run('strip', ['-x', copy]);
  return copy;
}

/** Packs `addon` as the prebuilt binary, for this system, of the package in `directory`. */
export function packPrebuilt(directory, addon, folder) {
  return packStaged(folder, (staging) => {
    const staged = path.join(staging, path.basename(directory));
    stagePrebuilt(directory, staged, addon);
    return [staged];
  })[0];
}

/** Packs everything else that is published; each package with an addon lists the prebuilt binaries that lie in `folder` already. */
export function packPackages(folder) {
  return packStaged(folder, (staging) =>
    published.map((directory) => {
      const staged = path.join(staging, path.basename(directory));
      stagePackage(directory, staged, prebuiltFor(folder, directory));
      return staged;
    }),
  );
}

/** Packs ONNX Runtime for each of the systems, as the learned estimator takes it. */
export async function packOnnxRuntime(systems, folder) {
  const staging = mkdtempSync(path.join(tmpdir(), 'gimbal-onnxruntime-'));
  try {
    const folders = systems.map((system) => path.join(staging, system));
    await makeOnnxRuntimePackages(systems, (system) => path.join(staging, system));
    for (const place of folders) addAddress(place);
    return packFolders(folder, folders);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** Packs the ONNX Runtime that was fetched for the development build. */
export function packFetchedOnnxRuntime(folder) {
  return packStaged(folder, (staging) => {
    cpSync(path.join(root, 'packages/ihn/build/Release/onnxruntime'), staging, { recursive: true });
    addAddress(staging);
    return [staging];
  });
}

function prebuiltFor(folder, directory) {
  if (hasAddon(directory)) return prebuiltIn(folder, directory);
  return path.basename(directory) === 'ihn' ? onnxRuntimeIn(folder) : [];
}

/** The packages of ONNX Runtime among the tarballs of a folder. */
function onnxRuntimeIn(folder) {
  return ONNX_RUNTIME_SYSTEMS.filter((system) =>
    existsSync(path.join(folder, `gimbal-onnxruntime-${system}-${ONNX_RUNTIME.version}.tgz`)),
  ).map((system) => `@gimbal/onnxruntime-${system}`);
}

/** The prebuilt packages of a package among the tarballs of a folder: from this system, or brought from others. */
export function prebuiltIn(folder, directory) {
  const { name, version } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  const start = `${name.replace('@', '').replace('/', '-')}-`;
  const end = `-${version}.tgz`;
  return readdirSync(folder)
    .filter((file) => file.startsWith(start) && file.endsWith(end) && file.length > start.length + end.length)
    .map((file) => `${name}-${file.slice(start.length, -end.length)}`);
}

function packStaged(folder, stage) {
  const staging = mkdtempSync(path.join(tmpdir(), 'gimbal-staging-'));
  try {
    return packFolders(folder, stage(staging));
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function packFolders(folder, folders) {
  mkdirSync(folder, { recursive: true });
  const args = ['pack', '--json', '--loglevel=error', '--pack-destination', folder, ...folders];
  return JSON.parse(run('npm', args, root)).map(({ name, filename, size, files }) => ({
    name,
    tarball: path.join(folder, filename),
    size,
    files: files.map((file) => file.path),
  }));
}
