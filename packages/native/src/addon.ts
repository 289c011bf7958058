import path from 'node:path';
import type { CudaReport, Plane } from '@gimbal/core';
import type { AddonBinary } from './addonBinary.js';
import type { AlignAddon } from './alignFrames.js';
import type { CudaAddon } from './cudaAddon.js';
import type { FloatPlane } from './floatPlane.js';
import { type OpenedAddon, openAddon } from './openAddon.js';
import type { WarpRequest } from './warpRequest.js';

/** What the compiled addon exports; `native/addon.cpp` documents each function. */
export interface NativeAddon extends AlignAddon, CudaAddon {
  addonInfo(): Omit<AddonInfo, 'binary'>;
  warpFrame(...request: WarpRequest): Promise<void>;
  resizeArea(source: Plane, bitDepth: number, shift: number, target: FloatPlane, threads: number): Promise<void>;
  pyramidDown(source: FloatPlane, target: FloatPlane, threads: number): Promise<void>;
}

/** What the addon is and what it runs on. */
export interface AddonInfo {
  readonly version: string;
  /** The instruction set in use; the environment variable GIMBAL_ISA holds it down. */
  readonly isa: 'baseline' | 'avx2' | 'avx512';
  /** Whether this build has a CUDA path. */
  readonly cuda: boolean;
  readonly cudaReport: CudaReport;
  /** The file that was loaded, and why others were not. */
  readonly binary: AddonBinary;
}

let opened: OpenedAddon<NativeAddon> | undefined;

function openedAddon(): OpenedAddon<NativeAddon> {
  opened ??= openAddon({
    name: '@gimbal/native',
    directory: path.join(import.meta.dirname, '..'),
    file: 'gimbal_native.node',
    variable: 'GIMBAL_NATIVE_PATH',
  });
  return opened;
}

/**
 * Loads this package's addon, once: the file that GIMBAL_NATIVE_PATH names, the local build, or the prebuilt package.
 * @throws GimbalError `GIMBAL_E_ADDON` when there is none that loads on this machine.
 */
export function loadAddon(): NativeAddon {
  return openedAddon().addon;
}

/**
 * What the addon is and what it runs on.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export function addonInfo(): AddonInfo {
  const { addon, binary } = openedAddon();
  return { ...addon.addonInfo(), binary };
}
