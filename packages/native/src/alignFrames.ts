import type { Frame } from '@gimbal/core';

/** The addon's handles of an aligner and of what it keeps of one frame; `native/alignBinding.cpp` documents each function. */
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

/** How many frames stay prepared: a pair in flight, the next one, and a little to spare. */
const KEPT = 6;

/** Finds the preparation that belongs to a frame handle. */
export interface AlignFrames {
  of(frame: Frame): AlignFrameHandle;
  clear(): void;
}

/**
 * Remembers what was prepared per frame handle. Handles that are garbage lose theirs, and of the others only the few that were used
 * last keep it, so that memory does not wait for the garbage collector; a frame that comes back after that is prepared again.
 */
export function createAlignFrames(addon: AlignAddon, aligner: AlignerHandle): AlignFrames {
  const byFrame = new WeakMap<Frame, AlignFrameHandle>();
  let recent: { readonly frame: WeakRef<Frame>; readonly handle: AlignFrameHandle }[] = [];
  return {
    of(frame) {
      const known = byFrame.get(frame);
      const handle = known ?? addon.alignFrameOf(aligner);
      if (known === undefined) byFrame.set(frame, handle);
      recent = [...recent.filter((entry) => entry.handle !== handle), { frame: new WeakRef(frame), handle }];
      for (const entry of recent.splice(0, recent.length - KEPT)) forget(entry);
      return handle;
    },
    clear() {
      for (const entry of recent.splice(0)) forget(entry);
    },
  };

  function forget(entry: (typeof recent)[number]): void {
    const frame = entry.frame.deref();
    if (frame !== undefined) byFrame.delete(frame);
    addon.releaseAlignFrame(entry.handle);
  }
}
