import { createRequire } from 'node:module';
import path from 'node:path';
import { type CudaReport, GimbalError, type Plane } from '@gimbal/core';
import type { AlignAddon } from './alignFrames.js';
import type { CudaAddon } from './cudaAddon.js';
import type { FloatPlane } from './floatPlane.js';
import type { WarpRequest } from './warpRequest.js';

/** What the compiled addon exports; `native/addon.cpp` documents each function. */
export interface NativeAddon extends AlignAddon, CudaAddon {
  addonInfo(): AddonInfo;
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
}

let loaded: NativeAddon | undefined;

/**
 * Loads `build/Release/gimbal_native.node` beside this package's sources, once. GIMBAL_NATIVE_PATH names another file.
 * @throws GimbalError `GIMBAL_E_ADDON` when it is missing or does not load on this machine.
 */
export function loadAddon(): NativeAddon {
  loaded ??= requireAddon(process.env.GIMBAL_NATIVE_PATH);
  return loaded;
}

/** @throws GimbalError `GIMBAL_E_ADDON`. */
export function requireAddon(override: string | undefined): NativeAddon {
  const file = path.resolve(override ?? path.join(import.meta.dirname, '../build/Release/gimbal_native.node'));
  try {
    return createRequire(import.meta.url)(file) as NativeAddon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    const repair =
      override === undefined
        ? 'Build it with `npm run build:native -w @gimbal/native` (it needs CMake 3.24 or newer and a C++20 compiler).'
        : 'It was named by GIMBAL_NATIVE_PATH: correct that variable or unset it.';
    throw new GimbalError(
      'GIMBAL_E_ADDON',
      `The addon of @gimbal/native for ${process.platform}-${process.arch} was expected at ${file} and did not load: ${reason}. ${repair}`,
      { cause },
    );
  }
}

/**
 * What the addon is and what it runs on.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export function addonInfo(): AddonInfo {
  return loadAddon().addonInfo();
}
