import { createRecentFrames, type Frame } from '@gimbal/core';

/** The addon's handles of an aligner and of what it keeps of one frame; `native/binding/align.cpp` documents each function. */
export interface AlignAddon {
  alignerOf(analysisSize: number, points: number, reach: number, threads: number): AlignerHandle;
  alignFrameOf(aligner: AlignerHandle): AlignFrameHandle;
  releaseAlignFrame(frame: AlignFrameHandle): void;
  alignPair(
    aligner: AlignerHandle,
    previous: AlignFrameHandle,
    previousLuma: {
      readonly data: Uint8Array;
      readonly width: number;
      readonly height: number;
      readonly stride: number;
    },
    current: AlignFrameHandle,
    currentLuma: {
      readonly data: Uint8Array;
      readonly width: number;
      readonly height: number;
      readonly stride: number;
    },
    bitDepth: number,
    shift: number,
    start: Float64Array,
    weights: Float32Array | null,
    trust: Float32Array | null,
  ): Promise<Float64Array>;
}

declare const aligner: unique symbol;
declare const alignFrame: unique symbol;
export type AlignerHandle = { readonly [aligner]: true };
export type AlignFrameHandle = { readonly [alignFrame]: true };

/** How many frames stay prepared: those of a pair, and the next one. Work in flight keeps its own hold on more. */
const KEPT = 3;

/** Finds the preparation that belongs to a frame handle. */
export interface AlignFrames {
  of(frame: Frame): AlignFrameHandle;
  clear(): void;
}

/** Remembers what was prepared of the frames that were used last; one that comes back later is prepared again. */
export function createAlignFrames(addon: AlignAddon, aligner: AlignerHandle): AlignFrames {
  const recent = createRecentFrames<AlignFrameHandle>((handle) => addon.releaseAlignFrame(handle));
  return {
    of(frame) {
      const handle = recent.of(frame, () => addon.alignFrameOf(aligner));
      recent.trim(KEPT);
      return handle;
    },
    clear: () => recent.trim(0),
  };
}
