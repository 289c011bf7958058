export { chooseDevice, type DeviceName, deviceProblem } from './run/chooseDevice.js';
export type { CudaDevice, CudaReport } from './run/cudaReport.js';
export { deviceErrorOf, isDeviceError } from './run/deviceError.js';
