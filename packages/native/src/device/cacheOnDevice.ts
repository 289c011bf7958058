import { type DeviceName, type Frame, type FrameSource, GimbalError } from '@gimbal/core';
import { chooseDevice } from '@gimbal/core/device';
import { addonInfo } from '../addon.js';
import { type CacheStatistics, CachingSource, type DeviceStore } from './cachingSource.js';
import { createCudaFramePool } from './createCudaFramePool.js';
import { createFrameCopier } from './createFrameCopier.js';
import { cudaBridge } from './cudaBridge.js';
import { deviceMemoryInfo } from './deviceMemoryInfo.js';

/** Share of the device's free memory that frames are kept in unless told: the rest is for the work on them, and for others. */
export const DEVICE_CACHE_SHARE = 0.5;

/** How {@link cacheOnDevice} keeps frames. */
export interface DeviceCacheOptions {
  /** `cuda` is the first device that can be used. */
  readonly device: Exclude<DeviceName, 'auto' | 'cpu'>;
  /** Bytes of the device's memory that frames may be kept in; 0 keeps none. Half of what is free now unless told. */
  readonly budgetBytes?: number | undefined;
}

/** A source whose frames lie on a device. */
export interface DeviceCache extends FrameSource {
  /** The device, such as `cuda:0`. */
  readonly device: string;
  /** How much of the clip lies there. */
  readonly kept: CacheStatistics;
}

/**
 * A source that brings the frames of another into a CUDA device's memory, beside whatever is computed: from host memory through page-locked
 * memory; frames that lie on the device already are copied off their place, for a decoder has few and waits for them. Frames are kept while
 * they fit the budget, so that a clip that fits is decoded once; closing the cache closes the source. A few frames beyond the budget are
 * under way at any time.
 * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for a budget that is negative, `GIMBAL_E_DEVICE_UNAVAILABLE`, `GIMBAL_E_ADDON`; while
 * reading also `GIMBAL_E_DEVICE_MEMORY` when not even the frames under way fit, `GIMBAL_E_DEVICE_LOST`, `GIMBAL_E_CUDA`.
 */
export async function cacheOnDevice(source: FrameSource, options: DeviceCacheOptions): Promise<DeviceCache> {
  const { device, budgetBytes } = options;
  if (budgetBytes !== undefined && !(budgetBytes >= 0)) {
    throw new GimbalError('GIMBAL_E_INVALID_ARGUMENT', `A memory budget is 0 or more bytes, received ${budgetBytes}.`);
  }
  const ordinal = chooseDevice(device, () => addonInfo().cudaReport);
  if (ordinal === undefined) {
    throw new GimbalError(
      'GIMBAL_E_INVALID_ARGUMENT',
      `A CUDA device was expected to keep frames on, received '${device}'.`,
    );
  }
  // Before anything else makes a context there: a decoder may want to share it later.
  await cudaBridge.shareContext(ordinal);
  const budget = budgetBytes ?? DEVICE_CACHE_SHARE * (await deviceMemoryInfo(ordinal)).free;
  const cache = new CachingSource(source, devicePlaces(ordinal, source), budget);
  return Object.assign(cache, { device: `cuda:${ordinal}` });
}

function devicePlaces(ordinal: number, { info }: FrameSource): DeviceStore {
  const pool = createCudaFramePool(ordinal, info.format, info);
  const copier = createFrameCopier(ordinal);
  return {
    frameBytes: pool.frameBytes,
    async upload(frame: Frame, signal) {
      try {
        const { time, index, fullRange, captions } = frame;
        const there = await pool.frame({ time, index, fullRange, captions });
        try {
          await copier.copy(frame, there, { signal });
        } catch (error) {
          there.close();
          throw error;
        }
        return there;
      } finally {
        frame.close();
      }
    },
    trim: () => pool.trim(),
    async close() {
      await Promise.all([pool.close(), copier.dispose()]);
    },
  };
}
