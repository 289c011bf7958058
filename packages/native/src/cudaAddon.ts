import type { CudaReport } from '@gimbal/core';
import type { DeviceRoom } from './deviceRoom.js';
import type { LaunchTimes, Timing } from './measureTransfers.js';
import type { WarpRequest } from './warpRequest.js';

/** What the addon exports for CUDA devices; `native/binding/cuda.cpp` and `measure.cpp` there document each function. */
export interface CudaAddon {
  deviceRendererOf(ordinal: number): DeviceRendererHandle;
  warmUpDevice(renderer: DeviceRendererHandle): Promise<void>;
  renderOnDevice(renderer: DeviceRendererHandle, ...request: WarpRequest): Promise<void>;
  releaseDeviceRenderer(renderer: DeviceRendererHandle): Promise<void>;
  allocateOnDevice(ordinal: number, bytes: number): Promise<DeviceAllocation>;
  probeDevices(): Promise<CudaReport>;
  deviceRoom(ordinal: number): Promise<DeviceRoom>;
  measureCopy(ordinal: number, bytes: number, toDevice: boolean, pinned: boolean): Promise<Timing>;
  measureLaunch(ordinal: number): Promise<LaunchTimes>;
}

declare const renderer: unique symbol;
export type DeviceRendererHandle = { readonly [renderer]: true };

/** Device memory that lives as long as `memory` is referred to. */
export interface DeviceAllocation {
  readonly pointer: bigint;
  readonly memory: unknown;
}
