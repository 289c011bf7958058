import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './stage.mjs';

/** ONNX Runtime as npm has it: the binaries of all systems in one package, with an install script that we do without. */
export const ONNX_RUNTIME = {
  name: 'onnxruntime-node',
  version: '1.30.0',
  integrity: 'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==',
};

/** The systems that it has binaries for, as `process.platform` and `process.arch` name them. */
export const ONNX_RUNTIME_SYSTEMS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** What a macOS package has twice under two names: the binding asks for the other one. */
const SECOND_NAME = `libonnxruntime.${ONNX_RUNTIME.version}.dylib`;

/**
 * Makes packages of ONNX Runtime for single systems: its binaries as they are, its JavaScript in one file, its licence and the notices of
 * what is compiled into it; no dependency and no install script.
 * @param folderOf Where the package of a system goes; what lies there is replaced.
 */
export async function makeOnnxRuntimePackages(systems, folderOf) {
  const scratch = mkdtempSync(path.join(tmpdir(), 'gimbal-onnxruntime-'));
  try {
    const original = fetchOriginal(scratch, systems);
    for (const system of systems) await makePackage(original, system, folderOf(system));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function makePackage(original, system, folder) {
  const binaries = path.join(original, 'bin/napi-v6', ...system.split('-'));
  if (!existsSync(binaries)) throw new Error(`${ONNX_RUNTIME.name} has no binaries for ${system} in ${binaries}.`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(binaries).filter((name) => name !== SECOND_NAME);
  for (const name of files) cpSync(path.join(binaries, name), path.join(folder, name));
  await build({
    entryPoints: [path.join(original, 'dist/index.js')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile: path.join(folder, 'index.cjs'),
    plugins: [bindingBeside, commonPart],
    logLevel: 'warning',
  });
  const notices = path.join(root, 'packages/ihn/onnxruntime');
  for (const name of ['LICENSE', 'ThirdPartyNotices.txt']) cpSync(path.join(notices, name), path.join(folder, name));
  writeFileSync(path.join(folder, 'README.md'), readme(system));
  const [os, cpu] = system.split('-');
  const manifest = {
    name: `@gimbal/onnxruntime-${system}`,
    version: ONNX_RUNTIME.version,
    description: `ONNX Runtime ${ONNX_RUNTIME.version} for ${system}, repacked from ${ONNX_RUNTIME.name}.`,
    license: 'MIT',
    author: 'Microsoft Corporation',
    keywords: ['onnxruntime', 'gimbal', 'prebuilt'],
    os: [os],
    cpu: [cpu],
    ...(os === 'linux' ? { libc: ['glibc'] } : {}),
    main: 'index.cjs',
    files: ['index.cjs', 'ThirdPartyNotices.txt', ...files],
    preferUnplugged: true,
  };
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The binding lies beside the JavaScript, for one system. */
const bindingBeside = {
  name: 'binding-beside',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /onnxruntime_binding\.node$/ }, ({ path: file }) => ({ path: file, external: true }));
    onLoad({ filter: /[\\/]dist[\\/]binding\.js$/ }, ({ path: file }) => {
      const text = readFileSync(file, 'utf8');
      const contents = text.replace(
        /require\(`[^`]*onnxruntime_binding\.node`\)/,
        "require('./onnxruntime_binding.node')",
      );
      if (contents === text) throw new Error(`${file} does not load its binding in the way that is known.`);
      return { contents, loader: 'js' };
    });
  },
};

/** Its other package is a development dependency of ours. */
const commonPart = {
  name: 'common-part',
  setup({ onResolve }) {
    const { resolve } = createRequire(path.join(root, 'packages/ihn/package.json'));
    onResolve({ filter: /^onnxruntime-common$/ }, () => ({ path: resolve('onnxruntime-common') }));
  },
};

/** Gets the package from npm's cache or registry, without running anything of it, and gives the folder where it is unpacked. */
function fetchOriginal(scratch, systems) {
  const { name, version, integrity } = ONNX_RUNTIME;
  const options = ['--prefer-offline', '--ignore-scripts', '--loglevel=error', '--pack-destination', scratch];
  const shell = process.platform === 'win32';
  execFileSync('npm', ['pack', `${name}@${version}`, ...options], { stdio: ['ignore', 'ignore', 'inherit'], shell });
  const tarball = path.join(scratch, `${name}-${version}.tgz`);
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (found !== integrity)
    throw new Error(`${name} ${version} should be ${integrity}, but the registry gave ${found}.`);
  const wanted = systems.map((system) => `package/bin/napi-v6/${system.replace('-', '/')}`);
  execFileSync('tar', ['-xzf', tarball, '-C', scratch, 'package/dist', 'package/package.json', ...wanted]);
  return path.join(scratch, 'package');
}

function readme(system) {
  return `# @gimbal/onnxruntime-${system}

ONNX Runtime ${ONNX_RUNTIME.version} for ${system}: the binaries that Microsoft publishes in the npm package \`${ONNX_RUNTIME.name}\`, byte for byte, for this system
alone, and its JavaScript in one file. It has no install script and fetches nothing. npm installs it with \`@gimbal/ihn\`; it is nothing by itself.

MIT licence, © Microsoft Corporation; what is compiled into it: ThirdPartyNotices.txt.
`;
}
