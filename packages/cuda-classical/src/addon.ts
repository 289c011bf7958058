import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type CudaReport, GimbalError } from '@gimbal/core';

/** A luma plane as the addon reads it: `data` in host memory, or an address on the engine's device and the stream on which it is ready. */
export type NativeLuma = NativeLumaShape &
  ({ readonly data: Uint8Array } | { readonly pointer: bigint; readonly stream: bigint });

interface NativeLumaShape {
  readonly width: number;
  readonly height: number;
  /** Bytes from row to row. */
  readonly stride: number;
  readonly bitDepth: number;
  readonly shift: number;
}

/** What the addon keeps of one frame: pyramid and corners. */
export interface NativeFrame {
  /** Gives the buffers back now instead of when the handle is garbage. */
  release(): void;
}

/** What one pair gave. Homography in source pixels; `cornerSigma` and `residual` in analysis pixels. */
export interface NativeEstimate {
  readonly homography: Float64Array;
  readonly model: 'identity' | 'translation' | 'similarity' | 'homography';
  readonly verdict: 'ok' | 'weak' | 'cut' | 'duplicate';
  readonly confidence: number;
  readonly tracked: number;
  readonly inliers: number;
  readonly coverage: number;
  readonly cornerSigma: number;
  readonly residual: number;
  /** Five numbers a corner (x, y, u, v, state), when asked for. */
  readonly tracks?: Float32Array;
}

/** Settings of an engine, all checked before they get here. */
export interface NativeSettings {
  readonly analysisSize: number;
  readonly corners: number;
  readonly threads: number;
  readonly seed: number;
  readonly continuity: boolean;
  /** The CUDA device that computes; −1 is the CPU. */
  readonly ordinal: number;
}

/** One pair: both frames with their luma, and a first guess. */
export type NativePair = readonly [
  previous: NativeFrame,
  previousLuma: NativeLuma,
  current: NativeFrame,
  currentLuma: NativeLuma,
  guess: Float64Array | null,
];

/** The addon's estimator: prepares frames that it has not met and estimates, both off the event loop. */
export interface NativeEngine {
  frame(): NativeFrame;
  /** Answers in the order of the pairs. Rejects with an error that has a `kind` when the device refuses. */
  estimate(pairs: readonly NativePair[], wantTracks: boolean): Promise<NativeEstimate[]>;
  /** Makes the device's context and memory ready. */
  warmUp(): Promise<void>;
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

interface Addon {
  addonInfo(): AddonInfo;
  readonly Engine: new (settings: NativeSettings) => NativeEngine;
}

let loaded: Addon | undefined;

/** Where the addon lies: `GIMBAL_CUDA_CLASSICAL_PATH`, or this package's build. */
export function addonPath(): string {
  return (
    process.env.GIMBAL_CUDA_CLASSICAL_PATH ??
    fileURLToPath(new URL('../build/Release/gimbal_cuda_classical.node', import.meta.url))
  );
}

/**
 * Loads the addon once.
 * @throws GimbalError `GIMBAL_E_ADDON` saying what to do when it is missing or does not load.
 */
export function loadAddon(): Addon {
  if (loaded) return loaded;
  const path = addonPath();
  const repair =
    'Build it with "npm run build:native -w @gimbal/cuda-classical" (needs CMake 3.24 and a C++20 compiler), ' +
    'or point GIMBAL_CUDA_CLASSICAL_PATH at gimbal_cuda_classical.node.';
  if (!existsSync(path)) {
    throw new GimbalError(
      'GIMBAL_E_ADDON',
      `The classical estimator's addon was expected at ${path} but is not there. ${repair}`,
    );
  }
  try {
    loaded = createRequire(import.meta.url)(path) as Addon;
    return loaded;
  } catch (error) {
    throw new GimbalError(
      'GIMBAL_E_ADDON',
      `The classical estimator's addon at ${path} does not load on ${process.platform}-${process.arch}: ${String(error)}. ${repair}`,
      { cause: error },
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
