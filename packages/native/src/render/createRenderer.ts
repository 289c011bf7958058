import os from 'node:os';
import { type DeviceName, type Frame, GimbalError, type Renderer, type RenderOptions, type Warp } from '@gimbal/core';
import { chooseDevice } from '@gimbal/core/device';
import { nativeCall } from '../addon/nativeCall.js';
import { loadAddon, type NativeAddon } from '../addon.js';
import { coalesceCalls } from './coalesceCalls.js';
import { type Sampling, type WarpRequest, warpRequest } from './warpRequest.js';

const INTERPOLATIONS = ['bilinear', 'bicubic', 'lanczos3'] as const;
const BORDERS = ['black', 'replicate', 'mirror'] as const;
/** While one frame's answer finds its way through the event loop, the threads are at work on the next. */
const FRAMES_ON_CPU = 2;
/** Frames that a device is given in one call: each call costs two threads a wake-up, which takes longer than the warp. */
const TOGETHER_ON_DEVICE = 8;
/** Some cross to the host while the next are warped. */
const FRAMES_ON_DEVICE = 2 * TOGETHER_ON_DEVICE;

/** How {@link createRenderer} samples pixels. */
export interface RendererOptions {
  /** Bilinear is the fastest and softest; bicubic is Catmull-Rom; Lanczos has three lobes. */
  readonly interpolation?: (typeof INTERPOLATIONS)[number] | undefined;
  /** Outside the source: black, its edge repeated, or its mirror image. */
  readonly border?: (typeof BORDERS)[number] | undefined;
  /** Threads to use on the CPU; all the machine's unless told. */
  readonly threads?: number | undefined;
  /**
   * `auto`, the default, takes CUDA when it is there. Like `cuda` and `cuda:N` it fails when the device does: the `fallback` of
   * `stabilize` goes on with another renderer.
   */
  readonly device?: DeviceName | undefined;
}

/** A {@link Renderer} that writes into host memory and, on a CUDA device, also into frames of that device. */
export interface NativeRenderer extends Renderer {
  /** `cpu`, or the device in use, such as `cuda:0`. */
  readonly device: string;
  render(source: Frame, target: Frame, warp: Warp, options?: RenderOptions): Promise<void>;
}

/**
 * A renderer that warps frames, all planes in one native call off the event loop. Chroma follows luma with its subsampling and siting
 * (see `planeSiting`). Planes are at most 16384×16384. The CPU and every device give the same bits. On a device, host frames cross
 * through page-locked memory, calls of one turn of the event loop go together, and each frame has a stream of its own; frames that lie there are read in place.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`, `GIMBAL_E_DEVICE_UNAVAILABLE` when the device asked for cannot be used,
 * `GIMBAL_E_ADDON` when the addon does not load; `render` also `GIMBAL_E_DEVICE_MEMORY`, `GIMBAL_E_DEVICE_LOST`, `GIMBAL_E_CUDA` and
 * `GIMBAL_E_CANCELLED`.
 */
export function createRenderer(options: RendererOptions = {}): NativeRenderer {
  const sampling: Sampling = {
    interpolation: oneOf('interpolation', INTERPOLATIONS, options.interpolation ?? 'bilinear'),
    border: oneOf('border', BORDERS, options.border ?? 'black'),
    threads: options.threads ?? os.availableParallelism(),
  };
  if (!Number.isInteger(sampling.threads) || sampling.threads < 1) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `threads must be a whole number of at least 1, received ${sampling.threads}.`,
    );
  }
  const addon = loadAddon();
  const device = options.device ?? 'auto';
  const ordinal = chooseDevice(device, () => addon.addonInfo().cudaReport);
  if (ordinal === undefined) return hostRenderer(addon, sampling);
  return deviceRenderer(addon, sampling, ordinal);
}

function hostRenderer(addon: NativeAddon, sampling: Sampling): NativeRenderer {
  return {
    name: 'native',
    device: 'cpu',
    memory: ['host'],
    concurrency: FRAMES_ON_CPU,
    async render(source, target, warp, { signal } = {}) {
      const request = warpRequest(source, target, warp, sampling, undefined);
      await nativeCall(() => addon.warpFrame(request), signal);
    },
  };
}

function deviceRenderer(addon: NativeAddon, sampling: Sampling, ordinal: number): NativeRenderer {
  const handle = addon.deviceRendererOf(ordinal);
  const warp = coalesceCalls(TOGETHER_ON_DEVICE, (requests: readonly WarpRequest[]) =>
    addon.renderOnDevice(handle, requests),
  );
  return {
    name: 'native',
    device: `cuda:${ordinal}`,
    memory: ['host', 'cuda'],
    concurrency: FRAMES_ON_DEVICE,
    async render(source, target, field, { signal } = {}) {
      const request = warpRequest(source, target, field, sampling, ordinal);
      await nativeCall(() => warp(request), signal);
    },
    warmup: () => nativeCall(() => addon.warmUpDevice(handle)),
    dispose: () => nativeCall(() => addon.releaseDeviceRenderer(handle)),
  };
}

function oneOf<T extends string>(option: string, known: readonly T[], value: T): number {
  const index = known.indexOf(value);
  if (index < 0) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `${option} must be one of ${known.join(', ')}, received '${value}'.`,
    );
  }
  return index;
}
