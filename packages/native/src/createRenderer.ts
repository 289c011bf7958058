import os from 'node:os';
import { type Frame, GimbalError, type Renderer, type RenderOptions, type Size, type Warp } from '@gimbal/core';
import { loadAddon, type NativeAddon } from './addon.js';
import { chooseDevice, type DeviceName } from './chooseDevice.js';
import { nativeCall } from './nativeCall.js';
import { type Sampling, warpRequest } from './warpRequest.js';

const INTERPOLATIONS = ['bilinear', 'bicubic', 'lanczos3'] as const;
const BORDERS = ['black', 'replicate', 'mirror'] as const;

/** How {@link createRenderer} samples pixels. */
export interface RendererOptions {
  /** Bilinear is the fastest and softest; bicubic is Catmull-Rom; Lanczos has three lobes. */
  readonly interpolation?: (typeof INTERPOLATIONS)[number] | undefined;
  /** Outside the source: black, its edge repeated, or its mirror image. */
  readonly border?: (typeof BORDERS)[number] | undefined;
  /** Threads to use on the CPU; all the machine's unless told. */
  readonly threads?: number | undefined;
  /**
   * `auto`, the default, takes CUDA when it is there, and goes on with the CPU (and a process warning) when the device fails under a
   * host frame. `cuda` or `cuda:N` never fall back.
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
 * through page-locked memory and calls that overlap run on streams of their own; frames that lie there are read in place.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT`, `GIMBAL_E_DEVICE_UNAVAILABLE` when the device asked for cannot be used,
 * `GIMBAL_E_ADDON` when the addon does not load; `render` also `GIMBAL_E_CUDA` and `GIMBAL_E_CANCELLED`.
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
  const onDevice = deviceRenderer(addon, sampling, ordinal);
  return device === 'auto' ? withFallback(onDevice, hostRenderer(addon, sampling)) : onDevice;
}

function hostRenderer(addon: NativeAddon, sampling: Sampling): NativeRenderer {
  return {
    name: 'native',
    device: 'cpu',
    memory: ['host'],
    async render(source, target, warp, { signal } = {}) {
      const request = warpRequest(source, target, warp, sampling, undefined);
      await nativeCall(() => addon.warpFrame(...request), signal);
    },
  };
}

function deviceRenderer(addon: NativeAddon, sampling: Sampling, ordinal: number): NativeRenderer {
  const handle = addon.deviceRendererOf(ordinal);
  return {
    name: 'native',
    device: `cuda:${ordinal}`,
    memory: ['host', 'cuda'],
    async render(source, target, warp, { signal } = {}) {
      const request = warpRequest(source, target, warp, sampling, ordinal);
      await nativeCall(() => addon.renderOnDevice(handle, ...request), signal);
    },
    warmup: () => nativeCall(() => addon.warmUpDevice(handle)),
    dispose: () => nativeCall(() => addon.releaseDeviceRenderer(handle)),
  };
}

/** Renders on the device until it fails, then on the CPU. Frames that lie on the device have nowhere to go: there the error stands. */
function withFallback(first: NativeRenderer, second: NativeRenderer): NativeRenderer {
  let lost = false;
  const attempt = async (work: () => Promise<void>, hostOnly: boolean): Promise<boolean> => {
    if (lost && hostOnly) return false;
    try {
      await work();
      return true;
    } catch (error) {
      const failed =
        GimbalError.isInstance(error) &&
        (error.code === 'GIMBAL_E_CUDA' || error.code === 'GIMBAL_E_DEVICE_UNAVAILABLE');
      if (!failed || !hostOnly) throw error;
      if (!lost) process.emitWarning(`${error.message} Rendering goes on with the CPU.`, { code: error.code });
      lost = true;
      return false;
    }
  };
  return {
    ...first,
    get device() {
      return lost ? second.device : first.device;
    },
    async render(source, target, warp, options) {
      const hostOnly = source.memory === 'host' && target.memory === 'host';
      if (await attempt(() => first.render(source, target, warp, options), hostOnly)) return;
      await second.render(source, target, warp, options);
    },
    async warmup(source: Size, target: Size) {
      await attempt(async () => first.warmup?.(source, target), true);
    },
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
