export type { DeviceName as DeviceRequest } from '@gimbal/core';
export type { CudaDevice, CudaReport } from '@gimbal/core/device';
export type { AddonInfo } from '@gimbal/native';
export { addonInfo } from './addon.js';
export {
  type ClassicalEstimator,
  createClassicalEstimator,
  type TracedEstimate,
  type TrackedPoint,
} from './classicalEstimator.js';
export {
  type CheckedClassicalOptions,
  type ClassicalOptions,
  type CornerMask,
  parseClassicalOptions,
} from './classicalOptions.js';
export { classicalPlugin, classicalPlugin as default } from './plugin.js';
