import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { readWeights } from './weightFiles.js';

/** What the learned estimator has to run with. */
export interface IhnRuntime {
  /** Version of the package onnxruntime-node. */
  readonly version: string;
  /** ONNX Runtime's execution providers whose files are there. */
  readonly providers: readonly string[];
  readonly cuda: { readonly available: boolean; readonly reason: string };
  readonly weights: { readonly found: boolean; readonly reason: string };
}

/** Files that the npm package leaves to its install script because of their size. */
const CUDA_FILES = ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'];

/** Why ONNX Runtime cannot use CUDA here; undefined when the files that it needs are there (the driver is asked when it is used). */
export function cudaProblem(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `the package onnxruntime-node has a CUDA provider for linux-x64 only, this is ${process.platform}-${process.arch}`;
  }
  const folder = path.join(packageFolder(), 'bin/napi-v6/linux/x64');
  if (CUDA_FILES.every((file) => existsSync(path.join(folder, file)))) return undefined;
  return (
    'the package onnxruntime-node comes without its CUDA 12 provider, which is too large for npm; to fetch it, run ' +
    '"node script/install --onnxruntime-node-install=cuda12" in its folder'
  );
}

/**
 * What there is to run the learned estimator with, and why not more. Loads ONNX Runtime.
 * @throws whatever ONNX Runtime throws where it does not load.
 */
export async function ihnRuntime(): Promise<IhnRuntime> {
  const { env, listSupportedBackends } = await import('onnxruntime-node');
  const problem = cudaProblem();
  const weights = await readWeights(undefined, 'weights').then(
    () => ({ found: true, reason: '' }),
    (error: unknown) => ({ found: false, reason: error instanceof Error ? error.message : String(error) }),
  );
  const bundled = listSupportedBackends().filter((backend) => backend.bundled);
  return {
    version: env.versions.node ?? env.versions.common,
    providers: [...bundled.map(({ name }) => name), ...(problem === undefined ? ['cuda'] : [])],
    cuda: { available: problem === undefined, reason: problem ?? '' },
    weights,
  };
}

function packageFolder(): string {
  return path.dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
}
