import { type Frame, GimbalError, throwIfAborted } from '@gimbal/core';
import { nativeCall } from '../addon/nativeCall.js';
import { loadAddon } from '../addon.js';
import { framePlanes } from '../plane/framePlanes.js';

/** Copies frames into the memory of one CUDA device, on it, and out of it. */
export interface FrameCopier {
  /**
   * Fills `target` with the samples of `source`; both have the same size and pixel format, and at least one lies on the device. Closes
   * neither. Calls that overlap run on streams of their own; host memory is crossed from and to through page-locked memory.
   * @throws GimbalError `GIMBAL_E_INVALID_ARGUMENT` for frames that do not belong together, `GIMBAL_E_DEVICE_UNAVAILABLE`,
   * `GIMBAL_E_DEVICE_MEMORY`, `GIMBAL_E_DEVICE_LOST`, `GIMBAL_E_CUDA`, `GIMBAL_E_CANCELLED`.
   */
  copy(source: Frame, target: Frame, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  /** Gives page-locked memory back. */
  dispose(): Promise<void>;
}

/**
 * A copier for device `ordinal`. Touches no device yet.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export function createFrameCopier(ordinal: number): FrameCopier {
  const addon = loadAddon();
  const handle = addon.frameCopierOf(ordinal);
  return {
    async copy(source, target, { signal } = {}) {
      throwIfAborted(signal);
      const alike =
        source.format.name === target.format.name && source.width === target.width && source.height === target.height;
      if (!alike) {
        throw new GimbalError(
          'GIMBAL_E_INVALID_ARGUMENT',
          `A frame is copied into one of its own kind, received ${describe(source)} and ${describe(target)}.`,
        );
      }
      const [from, to] = [framePlanes(source, ordinal), framePlanes(target, ordinal)];
      await nativeCall(() => addon.copyFrame(handle, from, to), signal);
    },
    dispose: () => nativeCall(() => addon.releaseFrameCopier(handle)),
  };
}

function describe({ width, height, format }: Frame): string {
  return `${width}×${height} ${format.name}`;
}
