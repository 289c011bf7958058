import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { GimbalError } from '@gimbal/core';
import type * as common from 'onnxruntime-common';
import { packageFolder } from '../packageFolder.js';

/** ONNX Runtime for Node: what its packages export. */
export type OnnxRuntime = typeof common & {
  listSupportedBackends(): readonly { readonly name: string; readonly bundled: boolean }[];
};

/** A package of ONNX Runtime. */
export interface OnnxPackage {
  readonly name: string;
  /** The file to load. */
  readonly entry: string;
  /** The folder that holds its libraries. */
  readonly libraries: string;
}

/** Names the folder of another package of ONNX Runtime. */
const VARIABLE = 'GIMBAL_ONNXRUNTIME_PATH';

const SYSTEM = `${process.platform}-${process.arch}`;
const own = createRequire(import.meta.url);

/** Files of a CUDA provider, which no npm package holds because of their size. */
const CUDA_FILES = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];

/** Whether the package has ONNX Runtime's CUDA provider. */
export function hasCudaProvider({ libraries }: OnnxPackage): boolean {
  return CUDA_FILES.every((file) => existsSync(path.join(libraries, file)));
}

/**
 * Where ONNX Runtime comes from: the folder that GIMBAL_ONNXRUNTIME_PATH names; `onnxruntime-node`, where it is installed and it has
 * its CUDA provider; the package for this system that is published with this one; what a checkout has built; any `onnxruntime-node`.
 * @throws GimbalError `GIMBAL_E_ADDON` when there is none.
 */
export function findOnnxRuntime(): OnnxPackage {
  const named = process.env[VARIABLE];
  if (named !== undefined) {
    const found = packageIn(path.resolve(named), VARIABLE);
    if (found !== undefined) return found;
    throw new GimbalError('GIMBAL_E_ADDON', `${VARIABLE} names ${named}, where there is no package of ONNX Runtime.`);
  }
  const full = installed('onnxruntime-node');
  if (full !== undefined && hasCudaProvider(full)) return full;
  const name = `@gimbal/onnxruntime-${SYSTEM}`;
  const build = path.join(packageFolder, 'build/Release/onnxruntime');
  const found = installed(name) ?? packageIn(build, 'local build') ?? full;
  if (found !== undefined) return found;
  throw new GimbalError(
    'GIMBAL_E_ADDON',
    `ONNX Runtime, which runs the learned estimator, is not installed: ${name} comes as an optional dependency of @gimbal/ihn for Linux with ` +
      'glibc (x64, arm64), macOS (arm64) and Windows. Install again without --omit=optional, run "npm run build" in a checkout, or bring ' +
      '"npm install onnxruntime-node".',
  );
}

let loaded: OnnxRuntime | undefined;

/**
 * Loads ONNX Runtime, once in each thread.
 * @throws GimbalError `GIMBAL_E_ADDON` when there is none, or it does not load on this machine.
 */
export function onnxRuntime(): OnnxRuntime {
  if (loaded !== undefined) return loaded;
  const { name, entry } = findOnnxRuntime();
  try {
    loaded = own(entry) as OnnxRuntime;
    return loaded;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GimbalError('GIMBAL_E_ADDON', `ONNX Runtime (${name}) does not load on ${SYSTEM}: ${reason}`, { cause });
  }
}

function installed(name: string): OnnxPackage | undefined {
  try {
    return packageIn(path.dirname(own.resolve(`${name}/package.json`)), name);
  } catch {
    return undefined;
  }
}

/** Microsoft's package has its libraries in a folder for each system, ours beside its JavaScript. */
function packageIn(folder: string, name: string): OnnxPackage | undefined {
  const layouts = [
    { entry: 'index.cjs', libraries: '.' },
    { entry: 'dist/index.js', libraries: `bin/napi-v6/${process.platform}/${process.arch}` },
  ];
  for (const { entry, libraries } of layouts) {
    const file = path.join(folder, entry);
    if (existsSync(file)) return { name, entry: file, libraries: path.join(folder, libraries) };
  }
  return undefined;
}
