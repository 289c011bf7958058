export { type AddonInfo, addonInfo, type CudaDevice, type CudaReport } from './addon.js';
export type { DeviceRequest } from './chooseDevice.js';
export {
  type ClassicalEstimator,
  createClassicalEstimator,
  type TracedEstimate,
  type TrackedPoint,
} from './classicalEstimator.js';
export { type ClassicalOptions, parseClassicalOptions } from './classicalOptions.js';
export { classicalPlugin, classicalPlugin as default } from './plugin.js';
