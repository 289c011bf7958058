export type { CudaDevice, CudaReport, DeviceName } from '@gimbal/core';
export type { AddonBinary, AddonPackage, ChosenBinary, RejectedBinary } from './addon/addonBinary.js';
export type { DeviceMemoryInfo, DeviceSpan, LaunchTimes, Timing } from './addon/cudaAddon.js';
export { type AddonInfo, type InformedAddon, type PackageAddon, packageAddon } from './addon/packageAddon.js';
export { addonInfo } from './addon.js';
export {
  type Aligner,
  type AlignerOptions,
  type Alignment,
  type AlignOptions,
  createAligner,
} from './align/createAligner.js';
export {
  cacheOnDevice,
  DEVICE_CACHE_SHARE,
  type DeviceCache,
  type DeviceCacheOptions,
} from './device/cacheOnDevice.js';
export type { CacheStatistics } from './device/cachingSource.js';
export { type CudaFramePool, createCudaFramePool } from './device/createCudaFramePool.js';
export { createFrameCopier, type FrameCopier } from './device/createFrameCopier.js';
export { cudaBridge } from './device/cudaBridge.js';
export { deviceMemoryInfo } from './device/deviceMemoryInfo.js';
export { traceDevice } from './device/deviceTrace.js';
export {
  type CopyTime,
  measureTransfers,
  type Transfers,
} from './device/measureTransfers.js';
export { probeDevices } from './device/probeDevices.js';
export { withHostFrames } from './device/withHostFrames.js';
export { allocateHostFrame, type HostFrameInit } from './plane/allocateHostFrame.js';
export { planeBlack, planeSiting, type Siting } from './plane/chromaSiting.js';
export { type FloatPlane, floatPlane } from './plane/floatPlane.js';
export { type PlaneShape, planeLayout } from './plane/planeLayout.js';
export { type PlaneOperationOptions, pyramidDown, resizeArea } from './plane/planeOperations.js';
export { createRenderer, type NativeRenderer, type RendererOptions } from './render/createRenderer.js';
