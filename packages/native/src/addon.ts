import path from 'node:path';
import type { CudaAddon } from './addon/cudaAddon.js';
import { type InformedAddon, packageAddon } from './addon/packageAddon.js';
import type { AlignAddon } from './align/alignFrames.js';
import type { FloatPlane } from './plane/floatPlane.js';
import type { NativePlane } from './plane/nativePlane.js';
import type { WarpRequest } from './render/warpRequest.js';

/** What the compiled addon exports; `native/addon.cpp` documents each function. */
export interface NativeAddon extends InformedAddon, AlignAddon, CudaAddon {
  warpFrame(request: WarpRequest): Promise<void>;
  copyPlanes(sources: readonly NativePlane[], targets: readonly NativePlane[]): Promise<void>;
  resizeArea(source: NativePlane, bitDepth: number, shift: number, target: FloatPlane, threads: number): Promise<void>;
  pyramidDown(source: FloatPlane, target: FloatPlane, threads: number): Promise<void>;
}

const own = packageAddon<NativeAddon>({
  name: '@gimbal/native',
  directory: path.join(import.meta.dirname, '..'),
  file: 'gimbal_native.node',
  variable: 'GIMBAL_NATIVE_PATH',
});

/**
 * Loads this package's addon, once: the file that GIMBAL_NATIVE_PATH names, the local build, or the prebuilt package.
 * @throws GimbalError `GIMBAL_E_ADDON` when there is none that loads on this machine.
 */
export const loadAddon = own.load;

/**
 * What the addon is and what it runs on.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export const addonInfo = own.info;
