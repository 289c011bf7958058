export type { AddonBinary } from './addon/addonBinary.js';
export type { LaunchTimes } from './addon/cudaAddon.js';
export { type AddonInfo, type InformedAddon, packageAddon } from './addon/packageAddon.js';
export { addonInfo } from './addon.js';
export {
  type Aligner,
  type Alignment,
  createAligner,
} from './align/createAligner.js';
export {
  cacheOnDevice,
  type DeviceCache,
} from './device/cacheOnDevice.js';
export type { CacheStatistics } from './device/cachingSource.js';
export { type CudaFramePool, createCudaFramePool } from './device/createCudaFramePool.js';
export { createFrameCopier } from './device/createFrameCopier.js';
export { cudaBridge } from './device/cudaBridge.js';
export { deviceMemoryInfo } from './device/deviceMemoryInfo.js';
export { traceDevice } from './device/deviceTrace.js';
export {
  type CopyTime,
  measureTransfers,
} from './device/measureTransfers.js';
export { probeDevices } from './device/probeDevices.js';
export { withHostFrames } from './device/withHostFrames.js';
export { allocateHostFrame, type HostFrameInit } from './plane/allocateHostFrame.js';
export { type FloatPlane, floatPlane } from './plane/floatPlane.js';
export { pyramidDown, resizeArea } from './plane/planeOperations.js';
export { createRenderer, type RendererOptions } from './render/createRenderer.js';
