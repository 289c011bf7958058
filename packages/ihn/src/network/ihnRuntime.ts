import { engineProblem } from './engineNetwork.js';
import { findOnnxRuntime, onnxRuntime } from './onnxRuntime.js';
import { readWeights } from './weightFiles.js';

/** What the learned estimator has to run with. */
export interface IhnRuntime {
  /** Version of ONNX Runtime. */
  readonly version: string;
  /** The package that it came from: `@gimbal/onnxruntime-linux-x64` and the like, `onnxruntime-node`, or `local build`. */
  readonly package: string;
  /** What networks can run on: ONNX Runtime's execution providers, and `cuda` with the engine of @gimbal/nn. */
  readonly providers: readonly string[];
  /** Whether the iterative network can run on a CUDA device, by @gimbal/nn; and why not. */
  readonly cuda: { readonly available: boolean; readonly reason: string };
  readonly weights: { readonly found: boolean; readonly reason: string };
}

/**
 * What there is to run the learned estimator with, and why not more. Loads ONNX Runtime.
 * @throws GimbalError `GIMBAL_E_ADDON` where there is none, or it does not load.
 */
export async function ihnRuntime(): Promise<IhnRuntime> {
  const { env, listSupportedBackends } = onnxRuntime();
  const found = await readWeights(undefined).catch((error: unknown) => error as Error);
  const weights = found instanceof Error ? { found: false, reason: found.message } : { found: true, reason: '' };
  const problem = engineProblem(found instanceof Error ? undefined : found);
  const bundled = listSupportedBackends().filter((backend) => backend.bundled);
  return {
    version: env.versions.node ?? env.versions.common,
    package: findOnnxRuntime().name,
    providers: [...new Set([...bundled.map(({ name }) => name), ...(problem === undefined ? ['cuda'] : [])])],
    cuda: { available: problem === undefined, reason: problem ?? '' },
    weights,
  };
}
