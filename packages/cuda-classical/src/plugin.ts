import { type DeviceName, type EstimatorPlugin, PLUGIN_API_VERSION } from '@gimbal/core';
import { type CudaReport, deviceProblem } from '@gimbal/core/device';
import packageJson from '../package.json' with { type: 'json' };
import { addonInfo } from './addon.js';
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
  supports({ device }) {
    const reason = isCuda(device) ? whyNot(device) : undefined;
    return reason === undefined ? 10 : { score: 0, reason };
  },
  // A device among the options is more particular than the machine's.
  create: (options, context) =>
    createClassicalEstimator(
      options.device === undefined || options.device === 'auto'
        ? { ...options, device: context.runtime.device }
        : options,
    ),
};

type CudaName = Exclude<DeviceName, 'auto' | 'cpu'>;
const isCuda = (device: DeviceName): device is CudaName => device.startsWith('cuda');

/** Why a device cannot be used. An addon that is missing is no reason: making the estimator tells what is wrong. */
function whyNot(device: CudaName): string | undefined {
  let report: CudaReport;
  try {
    report = addonInfo().cudaReport;
  } catch {
    return undefined;
  }
  return deviceProblem(device, report);
}
