export type { CudaDevice, CudaReport, DeviceName as DeviceRequest } from '@gimbal/core';
export type { AddonInfo } from '@gimbal/native';
export { addonInfo } from './addon.js';
export {
  type ClassicalEstimator,
  createClassicalEstimator,
  type TracedEstimate,
  type TrackedPoint,
} from './classicalEstimator.js';
export { type ClassicalOptions, parseClassicalOptions } from './classicalOptions.js';
export { classicalPlugin, classicalPlugin as default } from './plugin.js';
