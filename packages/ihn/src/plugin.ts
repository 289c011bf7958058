import { createHash } from 'node:crypto';
import { type EstimatorPlugin, PLUGIN_API_VERSION } from '@gimbal/core';
import packageJson from '../package.json' with { type: 'json' };
import { createIhnEstimator } from './ihnEstimator.js';
import { type IhnSettings, parseIhnOptions } from './ihnOptions.js';
import { engineProblem } from './network/engineNetwork.js';
import { runtimeProblem } from './network/onnxProblem.js';
import { readWeights } from './network/weightFiles.js';

/** The iterative homography network as a plug-in: `ihn` on the command line. */
export const ihnPlugin: EstimatorPlugin<IhnSettings> = {
  meta: {
    name: 'ihn',
    version: packageJson.version,
    apiVersion: PLUGIN_API_VERSION,
    description: 'Iterative homography network, run by ONNX Runtime on the CPU and by @gimbal/nn on CUDA devices.',
  },
  parseOptions: parseIhnOptions,
  // An explicit GPU that cannot be used is refused here, with the reason.
  supports(runtime) {
    const reason = runtime.device.startsWith('cuda') ? engineProblem() : runtimeProblem();
    return reason === undefined ? 5 : { score: 0, reason };
  },
  // A provider among the options is more particular than the machine's device.
  create: (options, context) =>
    createIhnEstimator(options.provider === 'auto' ? { ...options, provider: context.runtime.device } : options),
  // Weights may lie elsewhere. Their description has a digest of each of them, which is checked when they are loaded.
  async fingerprint({ weights }) {
    const { description } = await readWeights(weights);
    return createHash('sha256').update(JSON.stringify(description)).digest('hex');
  },
};
