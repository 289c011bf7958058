import path from 'node:path';
import { type InformedAddon, packageAddon } from '@gimbal/native';
import type { CornerMask } from './classicalOptions.js';

/** A luma plane as the addon reads it: `data` in host memory, or an address on the engine's device and the stream on which it is ready. */
export type NativeLuma = readonly [
  /** The samples, or where they lie on a device. */
  data: Uint8Array | bigint,
  width: number,
  height: number,
  /** Bytes from row to row. */
  stride: number,
  bitDepth: number,
  shift: number,
  /** On a device: the stream on which they are ready. */
  stream: bigint | undefined,
];

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
  readonly mask?: CornerMask | undefined;
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
  /** What the pairs before said of the cells of a frame that was the second of a pair: 48 numbers from 0 to 1. */
  trust(frame: NativeFrame): Promise<Float32Array>;
  /** Lets a frame that no pair has met begin with the trust that another engine gave it. */
  carry(frame: NativeFrame, trust: Float32Array): void;
  /** Makes the device's context and memory ready. */
  warmUp(): Promise<void>;
}

interface Addon extends InformedAddon {
  readonly Engine: new (settings: NativeSettings) => NativeEngine;
}

const own = packageAddon<Addon>({
  name: '@gimbal/cuda-classical',
  directory: path.join(import.meta.dirname, '..'),
  file: 'gimbal_cuda_classical.node',
  variable: 'GIMBAL_CUDA_CLASSICAL_PATH',
});

/**
 * Loads this package's addon, once: the file that GIMBAL_CUDA_CLASSICAL_PATH names, the local build, or the prebuilt package.
 * @throws GimbalError `GIMBAL_E_ADDON` when there is none that loads on this machine.
 */
export const loadAddon = own.load;

/**
 * What the addon is and what it runs on.
 * @throws GimbalError `GIMBAL_E_ADDON`.
 */
export const addonInfo = own.info;
