// `node tools/run/packForGpu.mjs [--parts 1,2,3,4] [--clips FOLDER] [--out FOLDER] [--arch 90] [--limit 45]`: packs what runs Gimbal's
// programs and tests on a Linux x64 machine that has a GPU but neither Node nor a network, in parts of at most --limit megabytes:
//   1  FFmpeg (node-av's binary)      2  Node and every other package      both are made again only when they changed
//   3  our own code, built, with addons compiled for the CUDA architecture --arch (needs CMake and nvcc)
//   4  the files of the folder that --clips names, as clips/
// There, for each part: `bash PART/unpack.sh /absolute/folder`; then in that folder `bin/node packages/cli/dist/main.js info`, and
// `bin/node node_modules/vitest/vitest.mjs run packages/native`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CarriedPart } from './carriedPart.mjs';
import { copyChanges } from './copyChanges.mjs';
import { readPackage, runtimeDependencies } from './runtimeDependencies.mjs';
import { root } from './stage.mjs';

const ADDONS = ['native', 'nn', 'cuda-classical', 'assignment', 'mosaic', 'interpolate'];
const FFMPEG = 'node_modules/@seydx/node-av-linux-x64';
const ONNX_RUNTIME = 'packages/ihn/build/Release/onnxruntime';
const inside = (folder) => readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`);
const projects = [...inside('packages'), ...inside('examples'), 'tools/bench', 'tools/fixtures'];

const { values } = parseArgs({
  options: {
    parts: { type: 'string' },
    clips: { type: 'string' },
    out: { type: 'string', default: '.gpu' },
    arch: { type: 'string', default: '90' },
    limit: { type: 'string', default: '45' },
  },
});
const out = path.resolve(root, values.out);
const makers = { 1: packFfmpeg, 2: packNode, 3: packCode, 4: packClips };
const wanted = values.parts?.split(',') ?? ['1', '2', '3', ...(values.clips === undefined ? [] : ['4'])];
for (const number of wanted) {
  const part = new CarriedPart(path.join(out, number));
  makers[number](part);
  const megabytes = part.bytes / 1e6;
  console.log(`${path.join(values.out, number)}: ${megabytes.toFixed(1)} MB`);
  if (megabytes > Number(values.limit))
    throw new Error(`Part ${number} is larger than the ${values.limit} MB allowed.`);
}

function packFfmpeg(part) {
  const binary = `${FFMPEG}/node-av.node`;
  const state = `${readPackage(FFMPEG).version} ${statSync(path.join(root, binary)).size}`;
  part.make(state, () => part.pack('ffmpeg', root, [binary]));
}

function packNode(part) {
  // Maps and types are not needed to run.
  const folders = foreignPackages().filter((folder) => folder.startsWith('node_modules/'));
  const leaveOut = ['*.map', '*.d.ts', '*.d.mts', '*.d.cts', '*.md', 'node-av.node'];
  const versions = folders.map((folder) => `${folder} ${readPackage(folder).version}`).join();
  const state = `${process.version} ${createHash('sha256').update(versions).digest('hex')}`;
  part.make(state, () => {
    const stage = freshFolder('stage/node');
    mkdirSync(path.join(stage, 'bin'));
    copyFileSync(process.execPath, path.join(stage, 'bin/node'));
    execFileSync('strip', [path.join(stage, 'bin/node')]);
    part.pack('node', stage, ['bin']);
    part.pack('packages', root, folders, { leaveOut });
  });
}

function packCode(part) {
  const compiled = path.join(out, 'build');
  const bundled = bundleProjects(compiled);
  for (const name of ADDONS) copySources(name, compiled);
  for (const name of ADDONS) compileForCuda(path.join(compiled, 'packages', name));
  part.make(new Date().toISOString(), () => {
    const listed = [
      'ls-files',
      '-z',
      '-co',
      '--exclude-standard',
      '--',
      ...projects,
      'tools/run',
      '*.json',
      'vitest.config.ts',
    ];
    const files = execFileSync('git', listed, { cwd: root, encoding: 'utf8' }).split('\0');
    const sources = files.filter(
      (file) => existsSync(path.join(root, file)) && file !== '' && file !== 'package-lock.json',
    );
    const own = foreignPackages().filter((folder) => !folder.startsWith('node_modules/'));
    part.pack('code', root, [...sources, ...own]);
    part.pack('dist', compiled, bundled, { leaveOut: ['*.map'] });
    part.pack(
      'addons',
      compiled,
      ADDONS.map((name) => `packages/${name}/build/Release/gimbal_${name.replace('-', '_')}.node`),
    );
    part.pack('onnxruntime', root, [ONNX_RUNTIME]);
    part.pack('links', linkedProjects(), ['node_modules']);
    part.replaces(['packages', 'examples', 'tools', 'node_modules/@gimbal']);
  });
}

/** The folders of all packages from elsewhere; the few inside a project are carried with it. WebRTC is not needed. */
function foreignPackages() {
  const folders = runtimeDependencies(projects, ['vitest', 'fast-check', 'node-av'], ['werift']);
  return folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
}

function packClips(part) {
  const folder = path.resolve(values.clips ?? '');
  part.make(new Date().toISOString(), () => part.pack('clips', path.dirname(folder), [path.basename(folder)]));
}

/** Bundles every project into a folder of its own, without type declarations; gives the folders. */
function bundleProjects(compiled) {
  const script = path.join(root, 'node_modules/tsup/dist/cli-default.js');
  const bundles = projects.filter((folder) => existsSync(path.join(root, folder, 'tsup.config.ts')));
  for (const folder of bundles) {
    const to = path.join(compiled, folder, 'dist');
    const options = ['--no-dts', '--silent', '--out-dir', to];
    execFileSync(process.execPath, [script, ...options], { cwd: path.join(root, folder), stdio: 'inherit' });
  }
  return bundles.map((folder) => `${folder}/dist`);
}

/** A copy that compiles in a folder of its own, so that the working tree keeps the addons of this machine. */
function copySources(name, compiled) {
  const to = path.join(compiled, 'packages', name);
  mkdirSync(to, { recursive: true });
  for (const part of ['native', 'CMakeLists.txt', 'package.json']) {
    copyChanges(path.join(root, 'packages', name, part), path.join(to, part));
  }
}

function compileForCuda(folder) {
  const script = path.join(root, 'node_modules/cmake-js/bin/cmake-js');
  const cuda = { GIMBAL_CUDA: 'ON', GIMBAL_CUDA_ARCHITECTURES: values.arch };
  const defined = Object.entries(cuda).map(([name, value]) => `--CD${name}=${value}`);
  try {
    execFileSync(process.execPath, [script, 'compile', '--out', 'build', ...defined], { cwd: folder, stdio: 'pipe' });
  } catch (error) {
    throw new Error(`${folder} does not compile:\n${error.stdout}\n${error.stderr}`, { cause: error });
  }
}

/** The links that npm makes for workspaces, pointing at where the projects will lie. */
function linkedProjects() {
  const stage = freshFolder('stage/links');
  for (const folder of projects) {
    const link = path.join(stage, 'node_modules', readPackage(folder).name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.relative(path.dirname(link), path.join(stage, folder)), link);
  }
  return stage;
}

function freshFolder(name) {
  const folder = path.join(out, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
