import { type EstimatorPlugin, PLUGIN_API_VERSION } from '@gimbal/core';
import packageJson from '../package.json' with { type: 'json' };
import { addonInfo } from './addon.js';
import { chooseDevice, type DeviceRequest } from './chooseDevice.js';
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
  supports: ({ device }) => (device.startsWith('cuda') && !hasDevice(device) ? 0 : 10),
  // A device among the options is more particular than the machine's.
  create: (options, context) =>
    createClassicalEstimator(
      options.device === undefined || options.device === 'auto'
        ? { ...options, device: context.runtime.device }
        : options,
    ),
};

/** Whether a device can be used. An addon that is missing answers yes: making the estimator tells what is wrong. */
function hasDevice(request: DeviceRequest): boolean {
  let report: ReturnType<typeof addonInfo>['cudaReport'];
  try {
    report = addonInfo().cudaReport;
  } catch {
    return true;
  }
  try {
    return chooseDevice(request, report) >= 0;
  } catch {
    return false;
  }
}
