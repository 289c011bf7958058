import type { CudaReport } from '@gimbal/core/device';
import type { NativePlane } from '../plane/nativePlane.js';
import type { WarpRequest } from '../render/warpRequest.js';

/** What the addon exports for CUDA devices; `native/binding/cuda.cpp`, `frames.cpp`, `measure.cpp` and `sharing.cpp` there document each function. */
export interface CudaAddon {
  deviceRendererOf(ordinal: number): DeviceRendererHandle;
  warmUpDevice(renderer: DeviceRendererHandle): Promise<void>;
  renderOnDevice(renderer: DeviceRendererHandle, requests: readonly WarpRequest[]): Promise<void>;
  releaseDeviceRenderer(renderer: DeviceRendererHandle): Promise<void>;
  allocateOnDevice(ordinal: number, bytes: number): Promise<DeviceAllocation>;
  freeOnDevice(memory: DeviceMemory): Promise<void>;
  frameCopierOf(ordinal: number): FrameCopierHandle;
  copyFrame(copier: FrameCopierHandle, sources: readonly NativePlane[], targets: readonly NativePlane[]): Promise<void>;
  releaseFrameCopier(copier: FrameCopierHandle): Promise<void>;
  startDeviceTrace(ordinal: number): Promise<void>;
  stopDeviceTrace(ordinal: number): Promise<DeviceSpan[]>;
  probeDevices(): Promise<CudaReport>;
  deviceMemoryInfo(ordinal: number): Promise<DeviceMemoryInfo>;
  addressOf(view: Uint8Array): bigint;
  shareContext(ordinal: number): Promise<void>;
  measureCopy(ordinal: number, bytes: number, toDevice: boolean, pinned: boolean): Promise<Timing>;
  measureLaunch(ordinal: number): Promise<LaunchTimes>;
}

declare const renderer: unique symbol;
export type DeviceRendererHandle = { readonly [renderer]: true };

declare const copier: unique symbol;
export type FrameCopierHandle = { readonly [copier]: true };

declare const memory: unique symbol;
export type DeviceMemory = { readonly [memory]: true };

/** Device memory that lives until `memory` is freed, or as long as it is referred to. */
export interface DeviceAllocation {
  readonly pointer: bigint;
  readonly memory: DeviceMemory;
}

/** Memory of a CUDA device, bytes. */
export interface DeviceMemoryInfo {
  readonly free: number;
  readonly total: number;
}

/** What a device did, and when, by its own clock; milliseconds of `performance.now()`. */
export interface DeviceSpan {
  /** `upload`, `copy`, `warp` or `download`. */
  readonly name: string;
  /** Work of one lane follows one another; lanes run side by side. */
  readonly lane: number;
  readonly start: number;
  readonly end: number;
}

/** Repeated measurements of one thing: the median, and the bounds of the middle 80 %. Microseconds. */
export interface Timing {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What it costs to start a kernel that does nothing. */
export interface LaunchTimes {
  /** The host's part of a launch, clock on the wall. */
  readonly issue: Timing;
  /** Until the host, asleep meanwhile, knows that it is done; clock on the wall. */
  readonly roundTrip: Timing;
  /** Of one among many launched one after another, by CUDA's events. */
  readonly backToBack: Timing;
  /** Of one among many replayed as a CUDA graph, by CUDA's events. */
  readonly inGraph: Timing;
}
