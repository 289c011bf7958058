import { type EstimatorPlugin, PLUGIN_API_VERSION } from '@gimbal/core';
import packageJson from '../package.json' with { type: 'json' };
import { createClassicalEstimator } from './classicalEstimator.js';
import { type ClassicalOptions, parseClassicalOptions } from './classicalOptions.js';

/** The classical estimator as a plug-in: `classical` on the command line. */
export const classicalPlugin: EstimatorPlugin<ClassicalOptions> = {
  meta: {
    name: 'classical',
    version: packageJson.version,
    apiVersion: PLUGIN_API_VERSION,
    description: 'Corners followed by pyramidal Lucas-Kanade, RANSAC homography.',
  },
  parseOptions: parseClassicalOptions,
  // This build has no CUDA part: whoever insists on a GPU must hear that here.
  supports: (runtime) => (runtime.device.startsWith('cuda') ? 0 : 10),
  // A device among the options is more particular than the machine's.
  create: (options, context) =>
    createClassicalEstimator(
      options.device === undefined || options.device === 'auto'
        ? { ...options, device: context.runtime.device }
        : options,
    ),
};
