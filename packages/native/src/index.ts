export type { CudaDevice, CudaReport, DeviceName } from '@gimbal/core';
export { addonInfo } from './addon.js';
export type { AddonBinary, AddonPackage, ChosenBinary, RejectedBinary } from './addonBinary.js';
export { allocateHostFrame, type HostFrameInit } from './allocateHostFrame.js';
export {
  cacheOnDevice,
  DEVICE_CACHE_SHARE,
  type DeviceCache,
  type DeviceCacheOptions,
} from './cacheOnDevice.js';
export { planeBlack, planeSiting, type Siting } from './chromaSiting.js';
export {
  type Aligner,
  type AlignerOptions,
  type Alignment,
  type AlignOptions,
  createAligner,
} from './createAligner.js';
export { type CudaFramePool, createCudaFramePool } from './createCudaFramePool.js';
export { createFrameCopier, type FrameCopier } from './createFrameCopier.js';
export { createRenderer, type NativeRenderer, type RendererOptions } from './createRenderer.js';
export type { DeviceRoom, DeviceSpan, LaunchTimes, Timing } from './cudaAddon.js';
export { cudaBridge } from './cudaBridge.js';
export { deviceRoom } from './deviceRoom.js';
export { traceDevice } from './deviceTrace.js';
export { type FloatPlane, floatPlane } from './floatPlane.js';
export type { KeptFrames } from './keepFrames.js';
export {
  type CopyTime,
  measureTransfers,
  type Transfers,
} from './measureTransfers.js';
export { type AddonInfo, type InformedAddon, type PackageAddon, packageAddon } from './packageAddon.js';
export { type PlaneShape, planeLayout } from './planeLayout.js';
export { type PlaneOperationOptions, pyramidDown, resizeArea } from './planeOperations.js';
export { probeDevices } from './probeDevices.js';
export { withHostFrames } from './withHostFrames.js';
